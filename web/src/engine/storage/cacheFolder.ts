/*
 * Folders and files, as the origin's private file system has them, in the Cache API: for browsers that lack that file system
 * (WebKitGTK), or cannot write to it as here (Safari before 26). A file is the answer to an address that nobody asks a server for.
 * A folder is there while there is a file in it. What is put in is there at once and completely, or not at all.
 */

const ROOT = 'https://files.invalid/';
const MODIFIED = 'modified';

/** The folder that all others are in. */
export async function cacheRoot(): Promise<FileSystemDirectoryHandle> {
  return new CacheFolder(await caches.open('saved runs'), ROOT) as unknown as FileSystemDirectoryHandle;
}

class CacheFolder {
  readonly #cache: Cache;
  /** Ends with a slash. */
  readonly #address: string;

  constructor(cache: Cache, address: string) {
    this.#cache = cache;
    this.#address = address;
  }

  async getDirectoryHandle(name: string, { create = false } = {}): Promise<CacheFolder> {
    const folder = new CacheFolder(this.#cache, `${this.#at(name)}/`);
    if (!create && (await folder.#inside()).length === 0) throw notFound(name);
    return folder;
  }

  getFileHandle(name: string): Promise<CacheFile> {
    return Promise.resolve(new CacheFile(this.#cache, this.#at(name), name));
  }

  async *entries(): AsyncGenerator<[string, CacheFolder | CacheFile]> {
    const inside = (await this.#inside()).map((address) => address.slice(this.#address.length).split('/'));
    const folders = new Map(inside.map(([name, ...rest]) => [decodeURIComponent(name), rest.length > 0]));
    for (const [name, folder] of folders)
      yield [name, await (folder ? this.getDirectoryHandle(name, { create: true }) : this.getFileHandle(name))];
  }

  async removeEntry(name: string): Promise<void> {
    const at = this.#at(name);
    for (const address of await this.#inside())
      if (address === at || address.startsWith(`${at}/`)) await this.#cache.delete(address);
  }

  #at(name: string): string {
    return this.#address + encodeURIComponent(name);
  }

  /** The addresses of all files in it and in its folders. */
  async #inside(): Promise<string[]> {
    const addresses = (await this.#cache.keys()).map(({ url }) => url);
    return addresses.filter((address) => address.startsWith(this.#address));
  }
}

class CacheFile {
  readonly #cache: Cache;
  readonly #address: string;
  readonly #name: string;

  constructor(cache: Cache, address: string, name: string) {
    this.#cache = cache;
    this.#address = address;
    this.#name = name;
  }

  async getFile(): Promise<File> {
    const kept = await this.#cache.match(this.#address);
    if (!kept) throw notFound(this.#name);
    return new File([await kept.blob()], this.#name, { lastModified: Number(kept.headers.get(MODIFIED)) });
  }

  /** What is written appears when it is closed. */
  createWritable(): Promise<Pick<FileSystemWritableFileStream, 'write' | 'close' | 'abort'>> {
    const parts: BlobPart[] = [];
    return Promise.resolve({
      write: (part) => Promise.resolve(void parts.push(part as BlobPart)),
      close: () =>
        this.#cache.put(this.#address, new Response(new Blob(parts), { headers: { [MODIFIED]: String(Date.now()) } })),
      abort: () => Promise.resolve(),
    });
  }
}

const notFound = (name: string): DOMException => new DOMException(`there is no ${name}`, 'NotFoundError');
