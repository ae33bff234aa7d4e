const CHUNK = 1 << 18;

/** A blob's bytes, read piece by piece. */
export async function* bytesOfBlob(
  content: Blob,
  onBytes: (size: number) => void = () => {},
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.size; at += CHUNK) {
    const bytes = new Uint8Array(await content.slice(at, at + CHUNK).arrayBuffer());
    onBytes(bytes.length);
    yield bytes;
  }
}
