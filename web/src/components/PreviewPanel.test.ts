// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createRig, settle, type Rig } from '../dev/rig'
import PreviewPanel from './PreviewPanel.vue'

const previews = (rig: Rig) => rig.fake.asked.filter(([verb]) => verb === 'startPreview' || verb === 'stopPreview').map(([verb]) => verb)

afterEach(() => {
  document.body.innerHTML = ''
})

describe('the preview', () => {
  it('asks for nothing by itself', async () => {
    const rig = createRig()
    const panel = rig.mount(PreviewPanel)
    await settle()
    expect(previews(rig)).toEqual([])
    expect(panel.text()).toContain('Check camera and microphone')
    await panel.get('button').trigger('click')
    expect(previews(rig)).toEqual(['startPreview'])
    expect(rig.asked).toContain('unlock')
    panel.unmount()
  })

  it('starts by itself where both were allowed before, and stops when it goes', async () => {
    const rig = createRig()
    rig.fake.granted.camera = rig.fake.granted.microphone = true
    const panel = rig.mount(PreviewPanel)
    await settle()
    panel.unmount()
    expect(previews(rig)).toEqual(['startPreview', 'stopPreview'])
  })

  it('opens nothing for somebody who has left meanwhile', async () => {
    const rig = createRig()
    rig.fake.granted.camera = rig.fake.granted.microphone = true
    rig.mount(PreviewPanel).unmount()
    await settle()
    expect(previews(rig)).toEqual(['stopPreview'])
  })

  it('stands still while somebody rings and the call lasts, and moves again after it', async () => {
    vi.spyOn(HTMLMediaElement.prototype, 'srcObject', 'set').mockImplementation(() => undefined)
    const did: string[] = []
    vi.spyOn(HTMLMediaElement.prototype, 'play').mockImplementation(async () => void did.push('play'))
    vi.spyOn(HTMLMediaElement.prototype, 'pause').mockImplementation(() => void did.push('pause'))
    const rig = createRig()
    const camera = rig.fake.devices.camera
    camera.state.value = { state: 'live', deviceId: 'c', label: 'Camera' }
    camera.track.value = { kind: 'video' } as MediaStreamTrack
    rig.fake.state.camera.value = { on: false, wanted: true }
    const panel = rig.mount(PreviewPanel)
    await settle()
    const call = { id: 'c', direction: 'incoming', peer: { user: 'p', name: 'P', presence: 'in_call' }, video: true, room: 'r', participant: 'seat' } as const
    rig.fake.state.call.value = { ...call, state: 'ringing' }
    await settle()
    rig.fake.state.call.value = { ...call, state: 'active' }
    await settle()
    expect(did).toEqual(['play', 'pause'])
    rig.fake.state.call.value = { ...call, state: 'ended', reason: 'hangup' }
    await settle()
    expect(did).toEqual(['play', 'pause', 'play'])
    panel.unmount()
    vi.restoreAllMocks()
  })

  it('says in words and steps why a device is closed', async () => {
    const rig = createRig()
    rig.fake.devices.camera.state.value = { state: 'denied' }
    const panel = rig.mount(PreviewPanel)
    await settle()
    expect(panel.text()).toContain('You blocked the camera for this site. Others can’t see you.')
    expect(panel.findAll('ol li')).toHaveLength(2)
    panel.unmount()
  })

  it('shows what the browser keeps closed as off', async () => {
    const rig = createRig()
    rig.fake.devices.microphone.state.value = { state: 'live', deviceId: 'a', label: 'A' }
    rig.fake.devices.camera.state.value = { state: 'denied' }
    const panel = rig.mount(PreviewPanel)
    await settle()
    expect(panel.findAll('[role=switch]').map((s) => s.attributes('aria-checked'))).toEqual(['true', 'false'])
    panel.unmount()
  })

  it('says once that both are blocked, and tries both again', async () => {
    const rig = createRig()
    const { microphone, camera } = rig.fake.devices
    microphone.state.value = { state: 'denied' }
    camera.state.value = { state: 'denied' }
    const panel = rig.mount(PreviewPanel)
    await settle()
    expect(panel.findAll('[role=note]').map((note) => note.text().split('.')[0])).toEqual(['You blocked the camera and the microphone for this site'])
    await panel.get('[role=note] button').trigger('click')
    expect(rig.fake.asked.at(-1)).toEqual(['startPreview', ['microphone', 'camera']])
    microphone.state.value = { state: 'none' }
    await settle()
    expect(panel.findAll('[role=note]')).toHaveLength(2)
    panel.unmount()
  })
})
