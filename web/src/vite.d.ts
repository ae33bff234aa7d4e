declare module '*?view' {
  const view: import('./protocol.ts').ConfigView;
  export default view;
}

declare module '*?worker&url' {
  /** Of the worker's script, as seen from the page. */
  const address: string;
  export default address;
}

declare module '*.css';
