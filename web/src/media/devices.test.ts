import { expect, test, vi } from 'vitest'
import { fakeBrowser, type FakeTrack, named } from '../testing/fakes'
import { browserEnvironment } from '../client/environment'
import { Devices } from './devices'

function setUp(browser = fakeBrowser()) {
  const media = browser.devices
  return { browser, media, devices: new Devices(browserEnvironment(browser)) }
}

test('both devices are asked for in one question', async () => {
  const { media, devices } = setUp()
  await devices.start({ microphone: true, camera: true })
  expect(media.asked).toHaveLength(1)
  expect(devices.microphone.state).toMatchObject({ state: 'live', label: 'fake audio' })
  expect(devices.camera.state).toMatchObject({ state: 'live', label: 'fake video' })
})

test('devices that are granted already are opened apart, so that none waits for the other', async () => {
  const permissions = { query: () => Promise.resolve({ state: 'granted' }) } as unknown as Permissions
  const { media, devices } = setUp(fakeBrowser({ permissions }))
  await devices.start({ microphone: true, camera: true })
  expect(media.asked.map((c) => Object.keys(c))).toEqual([['audio'], ['video']])
})

test('without a camera the microphone is taken alone', async () => {
  const { media, devices } = setUp()
  media.refuse.video = named('NotFoundError')
  await devices.start({ microphone: true, camera: true })
  expect(devices.microphone.state.state).toBe('live')
  expect(devices.camera.state).toEqual({ state: 'none' })
})

test('a refused question is not asked a second time', async () => {
  const { media, devices } = setUp()
  media.refuse = { audio: named('NotAllowedError'), video: named('NotAllowedError') }
  await devices.start({ microphone: true, camera: true })
  expect(media.asked).toHaveLength(1)
  expect(devices.microphone.state).toEqual({ state: 'denied' })
  expect(devices.camera.state).toEqual({ state: 'denied' })
})

test("the preview's track is the call's: nothing is captured twice", async () => {
  const { media, devices } = setUp()
  await devices.start({ camera: true }, 'preview')
  const track = devices.camera.track
  await devices.start({ microphone: true, camera: true }, 'call')
  expect(devices.camera.track).toBe(track)
  expect(media.given.filter((t) => t.kind === 'video')).toHaveLength(1)
})

test('a device closes when its last owner lets go', async () => {
  const { media, devices } = setUp()
  await devices.camera.start('preview')
  await devices.camera.start('call')
  devices.release('preview')
  expect(media.given[0]?.readyState).toBe('live')
  devices.release('call')
  expect(media.given[0]?.readyState).toBe('ended')
  expect(devices.camera.state.state).toBe('off')
})

test('a device that opens after it was turned off is closed at once', async () => {
  const { media, devices } = setUp()
  const started = devices.camera.start('call')
  devices.camera.stop()
  await started
  await vi.waitFor(() => expect(media.given[0]?.readyState).toBe('ended'))
  expect(devices.camera.track).toBeUndefined()
})

test('another device is opened first and then exchanged, and remembered', async () => {
  const { media, devices } = setUp()
  await devices.camera.start()
  const tracks: (MediaStreamTrack | undefined)[] = []
  devices.camera.on('track', (track) => tracks.push(track))
  expect(await devices.camera.choose('video-2')).toBe(true)
  expect(tracks).toEqual([media.given[1]])
  expect(media.given[0]?.readyState).toBe('ended')
  expect(devices.camera.state).toMatchObject({ state: 'live', deviceId: 'video-2' })
  expect(devices.camera.chosen).toBe('video-2')
})

test('a device that cannot be opened leaves the old one in use', async () => {
  const { media, devices } = setUp()
  await devices.microphone.start()
  media.refuse.audio = named('NotFoundError')
  expect(await devices.microphone.choose('audio-9')).toBe(false)
  expect(devices.microphone.state).toMatchObject({ state: 'live', deviceId: 'audio-1' })
  expect(media.given[0]?.readyState).toBe('live')
})

test('on a page that is not secure the state says so', async () => {
  const { devices } = setUp(fakeBrowser({ mediaDevices: undefined as never, secure: false }))
  await devices.start({ microphone: true, camera: true })
  expect(devices.microphone.state).toEqual({ state: 'insecure' })
  expect(devices.camera.state).toEqual({ state: 'insecure' })
})

test('a device that was pulled out is lost, and comes back when it is plugged in', async () => {
  const { media, devices } = setUp()
  await devices.camera.start()
  media.given[0]?.onended?.()
  expect(devices.camera.state).toMatchObject({ state: 'lost' })
  media.devices = [{ kind: 'videoinput', deviceId: 'video-1', label: 'x' }]
  media.dispatchEvent(new Event('devicechange'))
  await vi.waitFor(() => expect(devices.camera.state.state).toBe('live'))
})

test('a device that the system ended is opened again when the page is looked at', async () => {
  const { media, devices, browser } = setUp()
  await devices.camera.start()
  media.given[0]?.onended?.()
  expect(devices.camera.state).toMatchObject({ state: 'lost' })
  browser.window.dispatchEvent(new Event('visibilitychange'))
  await vi.waitFor(() => expect(devices.camera.state.state).toBe('live'))
})

test('a device plugged in later is told, the known ones are not', async () => {
  const { media, devices } = setUp()
  media.devices = [{ kind: 'audioinput', deviceId: 'a', label: 'A' }]
  await devices.refresh()
  const plugged: string[] = []
  devices.on('plugged', (device) => plugged.push(device.deviceId))
  media.devices = [...media.devices, { kind: 'audioinput', deviceId: 'b', label: 'B' }]
  media.dispatchEvent(new Event('devicechange'))
  await vi.waitFor(() => expect(plugged).toEqual(['b']))
})

test('a call from another program interrupts and gives back', async () => {
  const { media, devices } = setUp()
  await devices.microphone.start()
  const track = media.given[0] as FakeTrack
  track.onmute?.()
  expect(devices.microphone.state.state).toBe('interrupted')
  track.onunmute?.()
  expect(devices.microphone.state).toMatchObject({ state: 'live', label: 'fake audio' })
})
