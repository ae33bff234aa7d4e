// The page's service worker. The build fills in which version it is and which files there are (web/serviceWorker.ts).
const CACHE = 'bertrand VERSION';
const FILES = ['FILES'];
/** Servers say that answers vary with what a request accepts; the files do not. */
const ANY = { ignoreVary: true };

addEventListener('install', (event) => event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES))));

// A new version takes over once no tab has the old one open, whose files it then drops.
addEventListener('activate', (event) => event.waitUntil(dropOthers().then(() => clients.claim())));

async function dropOthers() {
  for (const name of await caches.keys()) if (name.startsWith('bertrand ') && name !== CACHE) await caches.delete(name);
}

addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(registration.scope)) return;
  event.respondWith(request.mode === 'navigate' ? newest(request) : kept(request));
});

/** The page itself, whose files' names change with their content: from the network while there is one. */
async function newest(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const page = await caches.match(registration.scope, ANY);
    if (page) return page;
    throw error;
  }
}

async function kept(request) {
  const found = await caches.match(request, ANY);
  if (found) return found;
  const response = await fetch(request);
  if (response.ok) {
    const cache = await caches.open(CACHE);
    await cache.put(request, response.clone()).catch(() => {}); // a full disk does not matter here
  }
  return response;
}
