import type { Shape } from '../../../autograd/shape.ts';
import { sizeOf } from '../../../autograd/shape.ts';
import { layOut } from './layOut.ts';

/** Tensors of float32 that lie in the bytes of a safetensors file: once they are filled, so is the file. */
export class TensorFile extends Map<string, { readonly shape: Shape; readonly data: Float32Array }> {
  /** The file. */
  readonly bytes: Uint8Array;

  constructor(shapes: ReadonlyMap<string, Shape>) {
    super();
    const entries = [...shapes].map(([name, shape]) => ({ name, dtype: 'F32' as const, shape }));
    const { header, places, size } = layOut(entries, { format: 'pt' });
    this.bytes = new Uint8Array(header.length + size);
    this.bytes.set(header);
    for (const { name, shape, begin } of places)
      this.set(name, { shape, data: new Float32Array(this.bytes.buffer, header.length + begin, sizeOf(shape)) });
  }
}
