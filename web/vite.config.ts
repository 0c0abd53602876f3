import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import VueI18nPlugin from '@intlify/unplugin-vue-i18n/vite'
import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type Plugin } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/**
 * What boot.js is about: it is named after its content, so that no visit asks whether it is still the same, and the page
 * says where the texts of each language are, so that they are fetched beside the scripts.
 */
const bootSource = readFileSync(here('./public/boot.js'))
const bootName = `assets/boot-${createHash('sha256').update(bootSource).digest('hex').slice(0, 8)}.js`
const boot: Plugin = {
  name: 'boot',
  apply: 'build',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: bootName, source: bootSource })
  },
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle }) {
      const texts = Object.values(bundle ?? {}).flatMap((chunk) => {
        const language = chunk.type === 'chunk' && /messages\/(en|zh-Hans)\.json$/.exec(chunk.facadeModuleId ?? '')?.[1]
        return language ? [`<meta name="texts-${language}" content="/${chunk.fileName}" />`] : []
      })
      return html.replace('<script src="/boot.js"', `${texts.join('\n    ')}\n    <script src="/${bootName}"`)
    },
  },
}

/**
 * Two libraries look whether something is in the whole of Vue, by a name that the bundler can't follow, so that all of Vue came
 * with them. Each takes what it needs from it instead.
 */
const WHOLE_VUE: { file: RegExp; instead: [string | RegExp, string][] }[] = [
  {
    file: /vue-i18n\/dist\/vue-i18n\.runtime\.mjs$/,
    instead: [
      [`import * as Vue from 'vue';`, `import { getCurrentInstance as instanceOfVue } from 'vue';`],
      [/if \(key in Vue\) \{\s*return Vue\[key\];\s*\}\s*else \{\s*return Vue\.getCurrentInstance\(\);\s*\}/, 'return instanceOfVue();'],
    ],
  },
  {
    file: /reka-ui\/dist\/shared\/useId\.js$/,
    instead: [
      [`import * as vue from "vue";`, `import { useId as idOfVue } from "vue";`],
      ['("useId" in vue) id = vue.useId?.();', '(idOfVue) id = idOfVue();'],
    ],
  },
]
const partsOfVue: Plugin = {
  name: 'parts-of-vue',
  apply: 'build',
  transform(code, id) {
    const wanted = WHOLE_VUE.find(({ file }) => file.test(id))
    if (!wanted) return undefined
    let out = code
    for (const [was, is] of wanted.instead) {
      const before = out
      out = out.replace(was, is)
      if (out === before) this.error(`${id} no longer has what is replaced in it: ${String(was)}`)
    }
    return { code: out, map: null }
  },
}

/** Where the Go server listens for plain HTTP while one works on the page with `vite`. */
const server = process.env.CALLRELAY_SERVER ?? 'http://127.0.0.1:8080'

export default defineConfig(({ mode }) => ({
  plugins: [
    boot,
    partsOfVue,
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
    proxy: { '/ws': { target: server, ws: true }, '/healthz': server, '^/r/[^/]+/seen$': server },
  },
}))
