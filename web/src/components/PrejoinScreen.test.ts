// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { byId, createRig, settle, type Rig } from '../dev/rig'
import PrejoinScreen from './PrejoinScreen.vue'

let rig: Rig
let refuse: (error: { code: string }) => void

beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }))
  rig = createRig()
  rig.fake.state.self.value = { user: 'me', name: 'Me' }
})
afterEach(() => {
  document.body.innerHTML = ''
  vi.unstubAllGlobals()
})

async function waiting() {
  const joining = new Promise<void>((_, reject) => (refuse = reject))
  const screen = rig.mount(PrejoinScreen, { room: 'tea', needsName: false, join: () => joining })
  await settle()
  await screen.find('form').trigger('submit')
  rig.fake.state.lobby.value = 'tea'
  await settle()
  return screen
}

async function refusedWith(code: string): Promise<void> {
  rig.fake.state.lobby.value = undefined
  refuse({ code })
  await settle()
}

it('says that one waits to be let in, and lets one leave without a complaint', async () => {
  const screen = await waiting()
  expect(screen.text()).toContain('Waiting for somebody to let you in')
  expect(screen.find('[data-testid=join]').exists()).toBe(false)
  byId('leave-lobby').click()
  expect(rig.fake.asked.at(-1)).toEqual(['leaveLobby'])
  await refusedWith('closed')
  expect(screen.find('[role=alert]').exists()).toBe(false)
  expect(screen.find('[data-testid=join]').exists()).toBe(true)
  screen.unmount()
})

it('says so when the host lets nobody in', async () => {
  const screen = await waiting()
  await refusedWith('refused')
  expect(screen.find('[role=alert]').text()).toBe('The host did not let you in.')
  screen.unmount()
})

it('says before joining that one may only watch, and opens no camera for it', async () => {
  rig.fake.callrelay.seeRoom = async () => ({ people: 3, lobby: false, canPublish: false })
  rig.fake.granted.camera = rig.fake.granted.microphone = true
  const screen = rig.mount(PrejoinScreen, { room: 'tea', needsName: false, join: async () => undefined })
  await settle()
  expect(byId('only-watch').textContent).toBe('You watch and listen here: only hosts and speakers send.')
  expect(screen.text()).not.toContain('without camera')
  expect(rig.fake.asked.filter(([verb]) => verb === 'startPreview' || verb === 'stopPreview').at(-1)).not.toEqual(['startPreview', ['microphone', 'camera']])
  screen.unmount()
})
