import { sha256 as digest } from '../../../../src/data/digest.ts';

/** SHA-256 in hexadecimal. Only works on pages from https or localhost: browsers withhold it from others. */
export const sha256 = (bytes: Uint8Array): Promise<string> => digest(bytes as Uint8Array<ArrayBuffer>);
