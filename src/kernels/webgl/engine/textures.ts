import { BertrandError } from '../../../error.ts';
import type { Gl } from './context.ts';
import type { Memory } from './shelf.ts';

/** Memory of an array: a texture with one or four numbers per texel. Element i is in column i % width of line i / width. */
export interface Texture extends Memory {
  readonly handle: WebGLTexture;
  readonly width: number;
  readonly height: number;
}

/** Creates textures and uploads to them. */
export class Textures {
  readonly #gl: Gl;

  constructor(gl: Gl) {
    this.#gl = gl;
  }

  /** Maximum texels per texture. */
  get largest(): number {
    return Math.min(this.#gl.limit ** 2, this.#gl.indexLimit);
  }

  /** A zero-filled texture. Throws a BertrandError for too many texels, or if there is no memory. */
  create(texels: number, channels: 1 | 4): Texture {
    const { context, limit } = this.#gl;
    const width = 2 ** Math.ceil(Math.log2(Math.sqrt(texels)));
    const height = Math.ceil(texels / width);
    if (texels > this.largest || width > limit || height > limit)
      throw new BertrandError(
        `webgl: an array of ${texels * channels} numbers exceeds the ${this.largest * channels} that a ` +
          `texture of ${limit} x ${limit} can hold here`,
        { advice: 'lower train.batchSize (and raise train.accumulate), data.sequenceLength or the sizes of the model' },
      );
    const handle = context.createTexture();
    context.bindTexture(context.TEXTURE_2D, handle);
    for (const [parameter, value] of [
      [context.TEXTURE_WRAP_S, context.CLAMP_TO_EDGE],
      [context.TEXTURE_WRAP_T, context.CLAMP_TO_EDGE],
      [context.TEXTURE_MIN_FILTER, context.NEAREST],
      [context.TEXTURE_MAG_FILTER, context.NEAREST],
    ] as const)
      context.texParameteri(context.TEXTURE_2D, parameter, value);
    const { internal, format } = this.#gl.formats[channels];
    context.texImage2D(context.TEXTURE_2D, 0, internal, width, height, 0, format, context.FLOAT, null);
    if (context.getError() === context.OUT_OF_MEMORY)
      throw new BertrandError(`webgl: no memory for an array of ${texels * channels} numbers`, {
        advice: 'lower train.batchSize',
      });
    return { handle, width, height, size: texels, channels };
  }

  delete({ handle }: Texture): void {
    this.#gl.context.deleteTexture(handle);
  }

  /** Writes the first elements of a texture with one number per texel. */
  write({ handle, width }: Texture, data: Float32Array): void {
    const { context, formats } = this.#gl;
    const { format, stride } = formats[1];
    context.bindTexture(context.TEXTURE_2D, handle);
    context.pixelStorei(context.UNPACK_ALIGNMENT, 4);
    const whole = Math.floor(data.length / width);
    const upload = (line: number, columns: number, lines: number, from: number): void => {
      if (columns * lines === 0) return;
      const part = spread(data.subarray(from, from + columns * lines), stride);
      context.texSubImage2D(context.TEXTURE_2D, 0, 0, line, columns, lines, format, context.FLOAT, part);
    };
    upload(0, width, whole, 0);
    upload(whole, data.length - whole * width, 1, whole * width);
  }
}

/** The numbers, each at the start of its texel. */
function spread(data: Float32Array, stride: number): Float32Array {
  if (stride === 1) return data;
  const texels = new Float32Array(data.length * stride);
  for (const [i, value] of data.entries()) texels[i * stride] = value;
  return texels;
}
