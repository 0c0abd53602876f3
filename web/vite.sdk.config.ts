import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

/** The client alone as one ES module, which the server hands out as /sdk/callrelay.js. */
export default defineConfig({
  publicDir: false,
  build: {
    target: 'es2022',
    outDir: 'dist/sdk',
    emptyOutDir: true,
    sourcemap: true,
    lib: {
      entry: fileURLToPath(new URL('./src/client/index.ts', import.meta.url)),
      formats: ['es'],
      fileName: () => 'callrelay.js',
    },
  },
})
