// Pages as tutorials build them, with the stock clients, in Chromium, against
// the real server. Usage: node run.mjs SERVER_PROGRAM [--short] [WORD ...]
// runs the cases whose names have one of the words; --short runs one of each kind.
import { Stage } from './stage.mjs'
import { cases as rings } from './cases/rings.mjs'
import { cases as rooms } from './cases/rooms.mjs'
import { cases as peers } from './cases/peers.mjs'
import { cases as products } from './cases/products.mjs'

const SHORT = ['ring-a,raw-ws', "room: the tutorial's own defect", 'peerjs,peerjs', 'product as a third in the room of ring-a and raw-ws']
const [program, ...words] = process.argv.slice(2)
const all = [...rings, ...rooms, ...peers, ...products]
const wanted = words.filter((w) => w !== '--short')
const chosen = all.filter((c) =>
  words.includes('--short') ? SHORT.includes(c.name) : wanted.length === 0 || wanted.some((w) => c.name.includes(w)),
)
if (chosen.length === 0) {
  console.error(`no case has ${wanted} in its name; there are:\n${all.map((c) => c.name).join('\n')}`)
  process.exit(2)
}

const stage = await Stage.open(program)
const figures = []
stage.figure = (name, values) => figures.push(`${name}: ${values.join(', ')}`)
let failed = 0
for (const one of chosen) {
  const began = Date.now()
  let trouble
  try {
    await one.run(stage)
  } catch (error) {
    trouble = [error.message, ...(await Promise.all(stage.sides.map((side) => side.state())))].join('\n      ')
  }
  const wrong = await stage.clear()
  if (!trouble && wrong.length > 0) trouble = `errors on the pages: ${wrong.join('; ')}`
  const seconds = ((Date.now() - began) / 1000).toFixed(1)
  console.log(trouble ? `FAIL  ${one.name} (${seconds} s): ${trouble}` : `ok    ${one.name} (${seconds} s)`)
  if (trouble) failed++
}
await stage.close()
for (const figure of figures) console.log(`figure ${figure}`)
console.log(`${chosen.length - failed} of ${chosen.length} cases passed`)
process.exit(failed > 0 ? 1 : 0)
