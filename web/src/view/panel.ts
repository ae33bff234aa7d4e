import { byId, h } from './dom.ts';
import { WHY } from './why.ts';

/** Fills a section of the page with a title, a line next to it, what a person sees there, and its content. */
export function panel(
  id: keyof typeof WHY,
  title: string,
  about: string,
  ...content: (Node | undefined)[]
): HTMLElement {
  const section = byId(id);
  section.replaceChildren(
    h('header', {}, h('h2', { id: `${id}-title` }, title), h('p', {}, about)),
    h('details', { class: 'why' }, h('summary', {}, 'What am I seeing?'), ...WHY[id].map((text) => h('p', {}, text))),
    ...content.filter((node) => node !== undefined),
  );
  return section;
}
