// What we use of WebAssembly (the JavaScript API of W3C), which neither ES2023 nor the types of Node 20 declare.
declare namespace WebAssembly {
  /** Of pages of 64 KiB; `buffer` is another one only where the memory grows. */
  class Memory {
    constructor(pages: { readonly initial: number; readonly maximum: number });
    readonly buffer: ArrayBuffer;
  }
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: { readonly env: { readonly memory: Memory } });
    readonly exports: Readonly<Record<string, unknown>>;
  }
  /** Whether this engine can compile it. */
  function validate(bytes: Uint8Array): boolean;
}
