/** How files begin that are no text. */
const SIGNATURES = {
  gzip: '1f8b',
  zstd: '28b52ffd',
  xz: 'fd377a585a00',
  bzip2: '425a68',
  zip: '504b0304',
  parquet: '50415231',
  pdf: '255044462d',
} as const;

export type Signature = keyof typeof SIGNATURES;

/** What a file is by its first bytes; undefined for what may be text. */
export function signatureOf(beginning: Uint8Array): Signature | undefined {
  const hex = Array.from(beginning.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return (Object.keys(SIGNATURES) as Signature[]).find((name) => hex.startsWith(SIGNATURES[name]));
}
