import { byId, h } from './dom.ts';

/** Fills a section of the page with a title, a line next to it, and its content. */
export function panel(id: string, title: string, about: string, ...content: (Node | undefined)[]): HTMLElement {
  const section = byId(id);
  section.replaceChildren(
    h('header', {}, h('h2', { id: `${id}-title` }, title), h('p', {}, about)),
    ...content.filter((node) => node !== undefined),
  );
  return section;
}
