// From signing in to hanging up without a pointer: what Tab does not reach, nobody without one can use.
import assert from 'node:assert/strict'
import { PATIENCE } from '../browser/person.mjs'
import { until } from '../lab/process.mjs'

export const setUp = (world) => world.server('keyboard')

const focused = (person) => person.tab.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? document.activeElement?.tagName)

/** Presses Tab until the element has the focus, and checks that the focus is seen. */
async function tabTo(person, id, most = 30) {
  for (let n = 0; n < most && (await focused(person)) !== id; n++) await person.tab.press('Tab')
  assert.equal(await focused(person), id, `${id} is not reached by Tab`)
  const seen = await person.tab.evaluate(() => {
    const style = getComputedStyle(document.activeElement)
    return document.activeElement.matches(':focus-visible') && style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2
  })
  assert.ok(seen, `the focus on ${id} is not seen`)
}

async function type(person, text) {
  for (const letter of text) await person.tab.press(letter)
}

export const cases = [
  {
    name: 'the keyboard alone: sign in, call, accept, mute, write, hang up',
    limit: 60_000,
    async run(world, server) {
      const people = [await world.person('alice', server), await world.person('bob', server)]
      const [a, b] = people
      for (const person of people) {
        await person.tab.goto(`${server.url}/`)
        await person.see('callee')
        await tabTo(person, 'callee')
      }
      await type(a, b.name)
      await a.tab.press('Enter')
      await Promise.all([b.see('incoming'), a.see('outgoing')])
      assert.equal(await focused(a), 'cancel', 'the caller can cancel at once')
      assert.notEqual(await focused(b), 'accept', 'who writes does not answer by a space')
      await tabTo(b, 'accept')
      await b.tab.press('Enter')
      await Promise.all(people.map((person) => person.inCall()))
      await a.tab.press('m')
      await until('the microphone to be off', async () => (await a.attribute('toggle-mic', 'aria-checked')) === 'false', PATIENCE)
      await tabTo(a, 'toggle-mic')
      await a.tab.press('Space')
      await until('the microphone to be on', async () => (await a.attribute('toggle-mic', 'aria-checked')) === 'true', PATIENCE)
      await tabTo(a, 'chat-open')
      await a.tab.press('Enter')
      await until('the focus in the chat', async () => (await focused(a)) === 'chat-input', PATIENCE)
      await type(a, 'hi')
      await a.tab.press('Enter')
      await a.see('chat-line')
      await a.tab.press('Escape')
      await a.gone('chat-input')
      assert.equal(await focused(a), 'chat-open', 'the focus goes back to where the panel was opened')
      await tabTo(a, 'hangup')
      await a.tab.press('Enter')
      assert.equal(await a.ended(), 'hangup')
      assert.equal(await b.ended(), 'hangup')
      await tabTo(b, 'home')
      await b.tab.press('Enter')
      await b.see('callee')
    },
  },
]
