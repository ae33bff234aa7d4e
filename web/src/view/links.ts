import { byId, h } from './dom.ts';

/** Where the source is, if package.json says so; the build fills it in. */
declare const BERTRAND_SOURCE: string | undefined;

/** Links at the end of the page: what comes with it, and the source where its address is known. */
export function showLinks(): void {
  const links = [
    ['What this page needs and keeps', './about/web.txt'],
    ['What the model computes', './about/model.txt'],
    ['Licence: MIT', './about/license.txt'],
    ...(BERTRAND_SOURCE === undefined ? [] : [['Source', BERTRAND_SOURCE]]),
  ];
  byId('links').append(
    ...links.flatMap(([text, address], i) => [...(i > 0 ? [' · '] : []), h('a', { href: address }, text)]),
  );
}
