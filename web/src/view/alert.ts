import type { Reason } from '../protocol.ts';
import { byId, h } from './dom.ts';

export interface Way {
  readonly text: string;
  readonly act: () => void;
}

/** Says what went wrong, and offers what to do next. */
export function alert(title: string, { what, advice, details }: Reason, ...ways: readonly Way[]): void {
  const alertElement = byId('alert');
  const buttons = ways.map(({ text, act }) => h('button', { type: 'button', click: act }, text));
  const close = h(
    'button',
    { type: 'button', class: 'quiet', 'aria-label': 'Close this message', click: clearAlert },
    'Close',
  );
  alertElement.replaceChildren(
    h('p', {}, h('b', {}, title), what, advice && h('span', {}, advice)),
    ...(details === undefined ? [] : [h('details', {}, h('summary', {}, 'Details'), h('p', {}, details))]),
    h('div', { class: 'actions' }, ...buttons, close),
  );
  alertElement.hidden = false;
  alertElement.scrollIntoView({ block: 'nearest' });
}

export function clearAlert(): void {
  byId('alert').hidden = true;
}

/** Milliseconds between two reports of what goes on all the time. */
const REST = 30_000;
let reported = -REST;

/** Says it to those who hear the page. */
export function say(text: string): void {
  byId('status').textContent = text;
}

/** The same of what goes on all the time: only now and then, so that a person hears something else as well. */
export function report(text: string): void {
  if (performance.now() - reported < REST) return;
  reported = performance.now();
  say(text);
}
