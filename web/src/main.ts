import { connect } from './connect.ts';
import type { EngineApi, EngineEvent } from './protocol.ts';
const worker = new Worker(new URL('./engine/worker.ts', import.meta.url), { type: 'module', name: document.baseURI });
const events: EngineEvent[] = [];
const engine = connect<EngineApi, EngineEvent>(worker, (event) => events.push(event));
Object.assign(window, { engine, events });
