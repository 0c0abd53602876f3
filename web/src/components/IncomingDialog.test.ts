// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { VueWrapper } from '@vue/test-utils'
import type { CallInfo } from '../client/types'
import { byId, createRig, settle } from '../dev/rig'
import IncomingDialog from './IncomingDialog.vue'

const call: CallInfo = {
  id: 'c', direction: 'incoming', state: 'ringing', peer: { user: 'jing', name: 'Jing', presence: 'in_call' }, video: true, room: 'r', participant: 'p',
}
let clock = 0
let dialog: VueWrapper
const press = (key: string, over: KeyboardEventInit = {}) =>
  byId('incoming').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...over }))

async function show(over: Partial<CallInfo> = {}): Promise<void> {
  dialog = createRig().mount(IncomingDialog, { call: { ...call, ...over }, silenced: false })
  await settle()
  await new Promise((next) => setTimeout(next))
}

beforeEach(() => {
  clock = 1000
  vi.spyOn(performance, 'now').mockImplementation(() => clock)
})
afterEach(() => {
  dialog.unmount()
  document.body.innerHTML = ''
})

describe('the incoming dialog', () => {
  it('puts the focus on its title, so that a space typed elsewhere answers nothing', async () => {
    await show()
    expect(document.activeElement?.tagName).toBe('H2')
  })

  it('says who calls, how, and that nothing is open yet', async () => {
    await show()
    const text = byId('incoming').textContent
    expect(text).toContain('Jing')
    expect(text).toContain('is calling you with video')
    expect(text).toContain('Camera and microphone stay off until you accept.')
  })

  it('counts single keys only half a second after it appeared', async () => {
    await show()
    press('a')
    press('d')
    expect(dialog.emitted()).toEqual({})
    clock += 500
    press('a')
    expect(dialog.emitted('accept')).toEqual([[true]])
    press('A', { shiftKey: true })
    expect(dialog.emitted('accept')).toEqual([[true], [false]])
    press('d')
    expect(dialog.emitted('decline')).toEqual([[]])
  })

  it('takes clicks at once', async () => {
    await show()
    byId('accept').click()
    byId('accept-audio').click()
    byId('decline').click()
    expect(dialog.emitted('accept')).toEqual([[true], [false]])
    expect(dialog.emitted('decline')).toEqual([[]])
  })

  it('only silences the ring on Escape', async () => {
    await show()
    clock += 5000
    press('Escape')
    await settle()
    expect(dialog.emitted()).toMatchObject({ silence: [[]] })
    expect(dialog.emitted('decline')).toBeUndefined()
    expect(byId('incoming')).toBeTruthy()
  })

  it('tabs from Accept to Audio only to Decline', async () => {
    await show()
    const order = [...byId('incoming').querySelectorAll('[data-testid]')].map((el) => (el as HTMLElement).dataset.testid)
    expect(order).toEqual(['accept', 'accept-audio', 'decline'])
  })

  it('offers no audio only for a call by voice', async () => {
    await show({ video: false })
    expect(document.querySelector('[data-testid=accept-audio]')).toBeNull()
    byId('accept').click()
    expect(dialog.emitted('accept')).toEqual([[false]])
  })
})
