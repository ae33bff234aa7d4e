const isPage = 'document' in globalThis;

/** The page's language, of its numbers and dates, too. */
export const language = isPage ? document.documentElement.lang : 'en';

// Libraries ask the browser for it, uPlot as it is loaded, and hand the answer to Intl: they are given this one. WebKit's own would be
// `C` on a system without a language (LANG=C), which Intl refuses.
if (isPage) Object.defineProperty(navigator, 'language', { value: language });
