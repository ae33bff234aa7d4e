import type { Gl } from './context.ts';
import type { Texture } from './textures.ts';

/** Copies the first `size` numbers of arrays to the host, as they are at the time of the call. */
export class PixelReadback {
  readonly #gl: Gl;
  readonly #framebuffer: WebGLFramebuffer;
  #single: boolean | undefined;

  constructor(gl: Gl) {
    this.#gl = gl;
    this.#framebuffer = gl.context.createFramebuffer();
  }

  async read({ handle, width }: Texture, size: number): Promise<Float32Array> {
    const { context } = this.#gl;
    const lines = Math.ceil(size / width);
    context.bindFramebuffer(context.FRAMEBUFFER, this.#framebuffer);
    context.framebufferTexture2D(context.FRAMEBUFFER, context.COLOR_ATTACHMENT0, context.TEXTURE_2D, handle, 0);
    const single = (this.#single ??= this.#readsSingle());
    const stride = single ? 1 : 4;
    const texels = new Float32Array(width * lines * stride);
    context.pixelStorei(context.PACK_ALIGNMENT, 4);
    const format = single ? (context as WebGL2RenderingContext).RED : context.RGBA;
    if (this.#gl.mode === 'webgl2')
      await this.#copyLater(context as WebGL2RenderingContext, width, lines, format, texels);
    else context.readPixels(0, 0, width, lines, format, context.FLOAT, texels);
    return single ? texels.subarray(0, size) : Float32Array.from({ length: size }, (_, i) => texels[4 * i]);
  }

  /** Four numbers per texel can be read everywhere; one only if the driver offers that format for the framebuffer. */
  #readsSingle(): boolean {
    const { context, mode } = this.#gl;
    return (
      mode === 'webgl2' &&
      context.getParameter(context.IMPLEMENTATION_COLOR_READ_FORMAT) === (context as WebGL2RenderingContext).RED &&
      context.getParameter(context.IMPLEMENTATION_COLOR_READ_TYPE) === context.FLOAT
    );
  }

  /** Enqueues the copy and waits without blocking the thread. */
  async #copyLater(
    context: WebGL2RenderingContext,
    width: number,
    lines: number,
    format: number,
    into: Float32Array,
  ): Promise<void> {
    const buffer = context.createBuffer();
    context.bindBuffer(context.PIXEL_PACK_BUFFER, buffer);
    context.bufferData(context.PIXEL_PACK_BUFFER, into.byteLength, context.STREAM_READ);
    context.readPixels(0, 0, width, lines, format, context.FLOAT, 0);
    context.bindBuffer(context.PIXEL_PACK_BUFFER, null);
    const done = context.fenceSync(context.SYNC_GPU_COMMANDS_COMPLETE, 0);
    context.flush();
    try {
      while (!isDone(context, done)) await moment();
      context.bindBuffer(context.PIXEL_PACK_BUFFER, buffer);
      context.getBufferSubData(context.PIXEL_PACK_BUFFER, 0, into);
      context.bindBuffer(context.PIXEL_PACK_BUFFER, null);
    } finally {
      context.deleteSync(done);
      context.deleteBuffer(buffer);
    }
  }
}

function isDone(context: WebGL2RenderingContext, fence: WebGLSync | null): boolean {
  return !fence || context.clientWaitSync(fence, 0, 0) !== context.TIMEOUT_EXPIRED;
}

/** Not a busy wait, since a software renderer needs the processor. */
function moment(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 1);
  });
}
