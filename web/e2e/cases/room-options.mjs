// What a room's link asks for holds for who comes in, and what its options say of screens.
import assert from 'node:assert/strict'
import { expectPicture, expectSound } from '../browser/expect.mjs'
import { PATIENCE, fresh } from '../browser/person.mjs'
import { until } from '../lab/process.mjs'

export const setUp = (world) => world.server('room-options')

/** At the door of a room, as somebody who opens its link. */
async function atDoor(world, server, browser, path) {
  const person = await world.person(browser, server)
  await person.tab.goto(`${server.url}/r/${path}`)
  await person.see('join')
  return person
}

async function inRoom(world, server, browser, path) {
  const person = await atDoor(world, server, browser, path)
  await person.click('join')
  await person.inCall()
  return person
}

/** Waits at the door until it says why one cannot come in, or with nothing that one can. */
const refusedFor = (person, code) => until(`${person.name}'s door to say ${code}`, async () => (await person.attribute('room-state', 'data-refused')) === code, PATIENCE)

const microphoneIs = (person, on) => until(`${person.name}'s microphone to be ${on}`, async () => (await person.attribute('toggle-mic', 'aria-checked')) === String(on), PATIENCE)

/** Packets that a page has sent of sound and pictures. */
const sent = async (person) => (await person.streams()).filter((s) => s.up).reduce((sum, s) => sum + s.packets, 0)

/** Waits until a page shows the moving screen of somebody. */
const seesScreenOf = (person, other) => until(`${other.name}'s screen at ${person.name}`, () => person.tab.evaluate((of) => {
  const video = document.querySelector(`[data-testid="screen"][data-participant="${of}"] video`)
  return Boolean(video && video.videoWidth > 0 && video.currentTime > 0 && video.getBoundingClientRect().width > 300)
}, other.seat), PATIENCE)

/** A host's switch of the room, by its list of people. */
async function switchOption(host, option, on) {
  await host.click('participants')
  await host.click(`option-${option}"] [role="switch`)
  await until(`${option} to be ${on}`, async () => (await host.attribute(`option-${option}"] [role="switch`, 'aria-checked')) === String(on), PATIENCE)
  await host.tab.press('Escape')
  await host.gone(`option-${option}`)
}

export const cases = [
  {
    name: 'a link with lobby, start_muted and limit: one waits, comes in muted, and the third finds it full',
    limit: 90_000,
    async run(world, server) {
      const room = fresh('stage')
      const host = await inRoom(world, server, 'alice', `${room}?lobby&start_muted&limit=2`)
      await microphoneIs(host, true)
      const guest = await atDoor(world, server, 'bob', room)
      await guest.click('join')
      await guest.see('lobby')
      await host.click('participants')
      await host.click('admit')
      await guest.inCall()
      await microphoneIs(guest, false)
      await expectPicture(host, 'bob')
      await expectSound(guest, 'alice')
      const third = await world.person('alice', server)
      await third.tab.goto(`${server.url}/r/${room}`)
      await refusedFor(third, 'room_full')
      await third.gone('join')
      await guest.click('toggle-mic')
      await expectSound(host, 'bob')
    },
  },
  {
    name: 'a link with locked and publishers=speakers: nobody comes in, then one who watches, and speaks once let',
    full: true,
    limit: 90_000,
    async run(world, server) {
      const room = fresh('stage')
      const host = await inRoom(world, server, 'alice', `${room}?locked&publishers=speakers`)
      const guest = await world.person('bob', server)
      await guest.tab.goto(`${server.url}/r/${room}`)
      await refusedFor(guest, 'room_locked')
      await host.click('participants')
      await host.click('lock')
      await guest.see('join', 2 * PATIENCE)
      await guest.click('join')
      await guest.inCall()
      await expectPicture(guest, 'alice')
      await guest.gone('toggle-mic')
      assert.equal(await sent(guest), 0, 'who only watches sends nothing')
      await host.see('person')
      await host.click('person"] [aria-haspopup="menu')
      await host.click('make-speaker')
      await guest.see('toggle-mic')
      await microphoneIs(guest, false)
      assert.equal(await sent(guest), 0, 'nobody is turned on by another')
      await guest.click('toggle-cam')
      await guest.click('toggle-mic')
      await Promise.all([expectPicture(host, 'bob'), expectSound(host, 'bob')])
      assert.deepEqual([await host.offers(), await guest.offers()], [1, 1])
    },
  },
  {
    name: 'a second screen asks first, or takes over where the room lets it; a screen is looked at closely, to 400 %',
    limit: 90_000,
    async run(world, server) {
      const room = fresh('stage')
      const people = [await inRoom(world, server, 'alice', room), await inRoom(world, server, 'bob', room)]
      const [a, b] = people
      for (const person of people) person.seat = await person.attribute('tile"][data-self="true', 'data-participant')
      await a.click('share-screen')
      await Promise.all([a.see('sharing'), seesScreenOf(b, a)])
      await looksClosely(b)
      // The usual rule: one is told who shares, and asked.
      await b.click('share-screen')
      await b.see('confirm')
      await b.tab.press('Escape')
      await b.gone('confirm')
      await seesScreenOf(b, a)
      await a.see('sharing')
      await b.click('share-screen')
      await b.click('confirm-yes')
      await Promise.all([b.see('sharing'), a.gone('sharing'), seesScreenOf(a, b), a.see('toast')])
      // The other rule: it is taken over at once.
      await switchOption(a, 'screen-take-over', true)
      await a.click('share-screen')
      await Promise.all([a.see('sharing'), b.gone('sharing'), seesScreenOf(b, a), b.see('toast')])
      await a.click('share-screen')
      await Promise.all([a.gone('sharing'), b.gone('screen')])
      assert.deepEqual([await a.offers(), await b.offers()], [1, 1])
    },
  },
]

/** Percent at which a page shows the screen, and how wide its picture is drawn. */
const closeness = (person) => person.tab.evaluate(() => {
  const area = document.querySelector('[data-testid="screen"] [data-zoom]')
  return { percent: Number(area.dataset.zoom), width: Math.round(area.querySelector('video').getBoundingClientRect().width) }
})

/** By keys, by buttons, by Ctrl and the wheel, and by two fingers. */
async function looksClosely(person) {
  const whole = await closeness(person)
  assert.equal(whole.percent, 100)
  const reaches = async (percent) => {
    let seen
    await until(`${percent} % at ${person.name}`, async () => (seen = await closeness(person)).percent === percent, PATIENCE)
    assert.ok(Math.abs(seen.width - (whole.width * percent) / 100) <= 4, `drawn as large: ${JSON.stringify({ whole, seen })}`)
  }
  const focus = (id) => person.tab.evaluate((selector) => document.querySelector(selector).focus(), `[data-testid="${id}"]`)
  await focus('zoom-in')
  for (let n = 0; n < 5; n++) await person.tab.press('Enter')
  await reaches(400)
  const left = () => person.tab.evaluate(() => Math.round(document.querySelector('[data-testid="screen"] video').getBoundingClientRect().left))
  const middle = await left()
  await person.tab.press('ArrowRight')
  await until('the keys to move it', async () => (await left()) < middle, PATIENCE)
  await person.tab.press('0')
  await reaches(100)
  for (let n = 0; n < 4; n++) await person.click('zoom-in')
  await reaches(400)
  for (let n = 0; n < 4; n++) await person.click('zoom-out')
  await reaches(100)
  const cdp = await person.tab.cdp()
  const { x, y } = await person.tab.evaluate(() => {
    const box = document.querySelector('[data-testid="screen"] [data-zoom]').getBoundingClientRect()
    return { x: box.left + box.width / 2, y: box.top + box.height / 2 }
  })
  for (let n = 0; n < 10; n++) await cdp.send('Input.dispatchMouseEvent', { type: 'mouseWheel', x, y, deltaX: 0, deltaY: -100, modifiers: 2 })
  await reaches(400)
  for (let n = 0; n < 10; n++) await cdp.send('Input.dispatchMouseEvent', { type: 'mouseWheel', x, y, deltaX: 0, deltaY: 100, modifiers: 2 })
  await reaches(100)
  const fingers = (far) => [{ x: x - far, y, id: 1 }, { x: x + far, y, id: 2 }]
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: fingers(20) })
  for (let far = 30; far <= 120; far += 10) await cdp.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: fingers(far) })
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await reaches(400)
  await focus('zoom-out')
  await person.tab.press('0')
  await reaches(100)
}
