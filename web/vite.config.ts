import { fileURLToPath } from 'node:url'
import VueI18nPlugin from '@intlify/unplugin-vue-i18n/vite'
import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Where the Go server listens for plain HTTP while one works on the page with `vite`. */
const server = process.env.CALLRELAY_SERVER ?? 'http://127.0.0.1:8080'

export default defineConfig(({ mode }) => ({
  plugins: [
    vue(),
    tailwindcss(),
    VueI18nPlugin({
      include: [here('./src/i18n/messages/*.json')],
      // Messages are compiled here, so the page carries no message compiler
      // and needs no eval (Content-Security-Policy).
      runtimeOnly: true,
      dropMessageCompiler: true,
      fullInstall: false,
      strictMessage: true,
    }),
  ],
  define: { __VUE_OPTIONS_API__: false, __VUE_PROD_DEVTOOLS__: false },
  build: {
    target: 'es2022',
    // The story page shows every screen without a server, for screenshots. It
    // is a build of its own (`--mode stories`), never part of what is served.
    outDir: mode === 'stories' ? 'dist-stories' : 'dist',
    emptyOutDir: true,
    sourcemap: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 400,
    rolldownOptions: { input: mode === 'stories' ? here('./stories.html') : here('./index.html') },
  },
  server: {
    proxy: { '/ws': { target: server, ws: true }, '/healthz': server },
  },
}))
