// Nothing but an import: WebKit evaluates a worker's entry a second time when another chunk imports it, and then two engines answer.
(await import('./serveEngine.ts')).serveEngine();
