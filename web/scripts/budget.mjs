// Fails when the page that is loaded first has grown over its budget (gzip).
// Counted: what index.html loads, with all that those modules import at once,
// and the larger of the two languages.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const BUDGET = { js: 150_000, css: 20_000 }
const assets = new URL('../dist/assets/', import.meta.url).pathname
const size = (name) => gzipSync(readFileSync(join(assets, name)), { level: 9 }).length
const html = readFileSync(new URL('../dist/index.html', import.meta.url), 'utf8')

const first = new Set([...html.matchAll(/assets\/([\w.-]+\.(?:js|css))/g)].map((m) => m[1]))
for (const name of first) {
  if (!name.endsWith('.js')) continue
  const text = readFileSync(join(assets, name), 'utf8')
  for (const m of text.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) first.add(m[1])
}
const languages = readdirSync(assets).filter((n) => /^(en|zh-Hans)-.*\.js$/.test(n))
const js = [...first].filter((n) => n.endsWith('.js')).reduce((sum, n) => sum + size(n), 0) + Math.max(...languages.map(size))
const css = [...first].filter((n) => n.endsWith('.css')).reduce((sum, n) => sum + size(n), 0)

let over = false
for (const [what, bytes] of Object.entries({ js, css })) {
  const fits = bytes <= BUDGET[what]
  over ||= !fits
  console.log(`${what} on first load: ${(bytes / 1000).toFixed(1)} kB of ${BUDGET[what] / 1000} kB${fits ? '' : ': over budget'}`)
}
if (readdirSync(assets).some((n) => readFileSync(join(assets, n), 'utf8').includes('Wolkenstein-Featherstonehaugh'))) {
  console.log('the stories are in the bundle')
  over = true
}
process.exit(over ? 1 : 0)
