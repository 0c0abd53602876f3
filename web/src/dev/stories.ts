import type { CallInfo, RemoteMember } from '../client/types'
import type { Obstacle } from '../composables/platform'
import type { Fake } from './fakeCallrelay'
import { fakeDetails } from './fakeDetails'
import { member, people, person } from './people'
import { fakePicture } from './picture'
import { fakeStats } from './stats'

export interface Story {
  obstacle?: Obstacle
  /** Path of the address. */
  path?: string
  prepare(fake: Fake): void
  /** Clicks that bring the story where it should be: names of buttons, in each language. */
  click?: readonly string[]
}

const HOUR = 3_600_000

function call(over: Partial<CallInfo>): CallInfo {
  return { id: 'c1', direction: 'outgoing', state: 'ringing', peer: person(1), video: true, room: 'r1', participant: 'me', ...over }
}

function devices({ devices, granted, state }: Fake, size: [number, number] = [1280, 720]): void {
  granted.camera = granted.microphone = true
  devices.camera.state.value = { state: 'live', deviceId: 'v', label: 'FaceTime HD Camera' }
  devices.camera.track.value = fakePicture(200, ...size)
  devices.microphone.state.value = { state: 'live', deviceId: 'a', label: 'MacBook Pro Microphone' }
  const list = (kind: MediaDeviceKind, id: string, ...labels: string[]) =>
    labels.map((label, i) => ({ deviceId: `${id}${i || ''}`, kind, label, groupId: '', toJSON: () => undefined }))
  state.deviceList.value = {
    microphones: list('audioinput', 'a', 'MacBook Pro Microphone', 'AirPods'),
    cameras: list('videoinput', 'v', 'FaceTime HD Camera', 'Logitech BRIO (046d:085e)'),
    speakers: list('audiooutput', 's', 'MacBook Pro Speakers', 'AirPods'),
  }
}

const signedIn = (fake: Fake) => void (fake.state.self.value = { user: 'Lin', name: 'Lin' })

function home(fake: Fake): void {
  signedIn(fake)
  fake.state.people.value = people
  fake.state.missed.value = [
    { user: 'Wei Zhang 张伟', name: 'Wei Zhang 张伟', count: 1, video: true, at: Date.now() - HOUR },
    { user: 'Maya Okafor', name: 'Maya Okafor', count: 3, video: false, at: Date.now() - 26 * HOUR },
  ]
  devices(fake)
}

/** A story of a call in some state. */
function ofCall(over: Partial<CallInfo>): (fake: Fake) => void {
  return (fake) => {
    home(fake)
    fake.state.call.value = call(over)
  }
}

/** A story of a running call, with these others in it. */
function inCall(others: () => RemoteMember[], more: (fake: Fake) => void = () => undefined): (fake: Fake) => void {
  return (fake) => {
    home(fake)
    fake.state.call.value = call({ state: 'active', activeSince: performance.now() - 42_000 })
    fake.state.members.value = others()
    fake.state.details.value = fakeDetails()
    more(fake)
  }
}

const micOff = ({ state }: Fake) => void (state.microphone.value = { on: false, wanted: false })
const camOff = ({ state }: Fake) => void (state.camera.value = { on: false, wanted: false })
const inRoom = ({ state }: Fake) =>
  void (state.room.value = { name: 'design-review', self: 'me', since: performance.now() - 768_000 })

const nine = () => Array.from({ length: 7 }, (_, i) => member(i, { muted: i % 3 === 1, cameraOff: i === 5, hand: i === 2 ? 3 : 0, role: i === 0 ? 'host' : 'member' }))

/** The same, one of whom shares a screen. */
const showing = () => [...nine().slice(0, 1), member(1, { screen: true }), ...nine().slice(2, 6)]

/** A room with its options, somebody in the lobby, and a chat. */
function talking({ state }: Fake): void {
  state.details.value = fakeDetails({
    options: { lobby: true },
    me: { role: 'host' },
    invited: [{ invitation: 'i1', user: 'Tomás Ruiz', name: 'Tomás Ruiz', from: 'me', state: 'ringing' }],
    waiting: [{ participant: 'w1', user: 'Grace', name: 'Grace Wanjiru' }],
  })
  const line = { epoch: 1, user: '', mine: false, state: 'said' as const }
  const at = new Date(2026, 0, 5, 14, 2).getTime()
  state.chat.value = [
    { ...line, id: 'l1', n: 2, from: 'p1', name: person(1).name, text: 'Morning! The drawings are in the shared folder.', at },
    { ...line, id: 'l2', n: 3, from: 'p0', name: person(0).name, text: '收到，我先看第三页。', at: at + 40_000 },
    { ...line, id: 'l3', n: 4, from: 'p6', name: person(6).name, text: 'شكرا لكم', at: at + 90_000 },
    { ...line, id: 'l4', n: 5, from: 'me', name: 'Lin', to: 'p1', mine: true, text: 'https://example.org/a/very/long/address/that/does/not/fit/into/one/line/of/this/panel', at: at + 120_000 },
    { ...line, id: 'l5', n: 0, from: 'me', name: '', mine: true, state: 'failed', error: { code: 'timeout', message: '' }, text: 'See you there', at: at + 150_000 },
  ]
  state.unread.value = 3
  state.unanswered.value = [{ invitation: 'i0', user: 'Ali Demir', name: 'Ali Demir', from: 'me', state: 'ended', reason: 'no_answer' }]
}

export const stories: Record<string, Story> = {
  name: { prepare: () => undefined },
  home: { prepare: home },
  'home-fresh': { prepare: signedIn },
  'home-offline': {
    prepare(fake) {
      home(fake)
      fake.state.link.value = { state: 'down', retryInMs: 2000, sinceMs: 9000 }
    },
  },
  'home-empty-denied': {
    prepare(fake) {
      signedIn(fake)
      fake.devices.microphone.state.value = fake.devices.camera.state.value = { state: 'denied' }
      fake.granted.camera = fake.granted.microphone = true
    },
  },
  prejoin: { path: '/r/design-review', prepare: (fake) => devices(fake) },
  'prejoin-watch': {
    path: '/r/all-hands',
    prepare(fake) {
      signedIn(fake)
      devices(fake)
      fake.callrelay.seeRoom = async () => ({ people: 48, lobby: false, canPublish: false })
    },
  },
  'prejoin-watch-visitor': {
    path: '/r/all-hands',
    prepare(fake) {
      devices(fake)
      fake.callrelay.seeRoom = async () => ({ people: 48, lobby: false, canPublish: false })
    },
  },
  lobby: {
    path: '/r/design-review',
    prepare(fake) {
      signedIn(fake)
      devices(fake)
      fake.state.lobby.value = 'design-review'
    },
  },
  outgoing: { prepare: ofCall({}) },
  incoming: { prepare: ofCall({ direction: 'incoming', peer: person(0) }) },
  'incoming-long': { prepare: ofCall({ direction: 'incoming', peer: person(5) }) },
  'incoming-voice': { prepare: ofCall({ direction: 'incoming', video: false, peer: person(6) }) },
  two: { prepare: inCall(() => [member(1)]) },
  'two-poor': {
    prepare: inCall(() => [member(1, { muted: true })], (fake) => {
      fake.state.quality.value = { cause: 'uplink_loss' }
      micOff(fake)
    }),
  },
  'two-poor-why': {
    prepare: inCall(() => [member(1)], (fake) => {
      fake.state.quality.value = { cause: 'uplink_loss' }
    }),
    click: ['Weak network: your upload is losing packets.|网络较弱：你的上行丢包。'],
  },
  'two-hand': { prepare: inCall(() => [member(6, { muted: true, hand: 1 })]) },
  'two-phone': { prepare: inCall(() => [member(1)], (fake) => devices(fake, [720, 1280])) },
  'two-reconnecting': {
    prepare: inCall(() => [member(1)], (fake) => {
      fake.state.connection.value = 'reconnecting'
      fake.stats = fakeStats
    }),
    click: ['More|更多', 'Statistics|统计信息'],
  },
  'two-peer-away': { prepare: inCall(() => [member(1, { state: 'reconnecting' })]) },
  'two-voice': { prepare: inCall(() => [member(0, { cameraOff: true })], camOff) },
  'two-denied': {
    prepare: inCall(() => [member(1)], (fake) => {
      fake.devices.camera.state.value = { state: 'denied' }
      fake.devices.camera.track.value = undefined
    }),
  },
  'room-4': {
    prepare: inCall(() => [member(0), member(1, { muted: true }), member(5, { cameraOff: true })], inRoom),
  },
  'room-7': {
    prepare: inCall(() => nine(), (fake) => {
      talking(fake)
      fake.state.speakers.value = ['p4', 'me']
      fake.state.quality.value = { cause: 'peer', participant: 'p3' }
    }),
  },
  'room-speaker': {
    prepare: inCall(() => nine(), (fake) => {
      talking(fake)
      fake.state.speakers.value = ['p4']
    }),
    click: ['More|更多', 'Layout|布局', 'Speaker|演讲者'],
  },
  'room-speaker-desk': {
    prepare: inCall(() => nine(), (fake) => {
      talking(fake)
      fake.state.speakers.value = ['p4']
    }),
    click: ['Layout|布局', 'Speaker|演讲者', 'Layout|布局'],
  },
  'room-layout': { prepare: inCall(() => nine(), (fake) => talking(fake)), click: ['Layout|布局'] },
  'room-layout-phone': { prepare: inCall(() => nine(), (fake) => talking(fake)), click: ['More|更多', 'Layout|布局'] },
  'room-react': {
    prepare: inCall(() => nine().slice(0, 4), (fake) => {
      talking(fake)
      setTimeout(() => {
        fake.reacts('p1', '👏')
        fake.reacts('p5', '🎉')
        fake.reacts('p5', '🎉')
      }, 300)
    }),
    click: ['React|表情回应'],
  },
  'room-50': {
    prepare: inCall(() => Array.from({ length: 49 }, (_, i) => member(i, { muted: i % 4 !== 1, cameraOff: i % 5 === 3 })), (fake) => {
      talking(fake)
      fake.state.speakers.value = ['p45']
    }),
  },
  'room-50-page': {
    prepare: inCall(() => Array.from({ length: 49 }, (_, i) => member(i, { muted: i % 4 !== 1, cameraOff: i % 5 === 3 })), (fake) => {
      talking(fake)
      fake.state.speakers.value = ['p1']
    }),
    click: ['Next page|下一页', 'People|成员'],
  },
  'room-9': { prepare: inCall(() => nine(), (fake) => talking(fake)) },
  'room-screen': {
    prepare: inCall(() => [member(1, { screen: true }), member(2, { muted: true, hand: 2 }), member(5, { cameraOff: true })], (fake) => talking(fake)),
  },
  'room-screen-closely': {
    prepare: inCall(() => [member(1, { screen: true }), member(2)], (fake) => talking(fake)),
    click: ['Closer|放大', 'Closer|放大'],
  },
  'room-7-screen': {
    prepare: inCall(() => showing(), (fake) => {
      inRoom(fake)
      talking(fake)
    }),
  },
  'room-7-screen-chat': {
    prepare: inCall(() => showing(), (fake) => talking(fake)),
    click: ['Chat|聊天'],
  },
  'room-chat-preview': {
    prepare: inCall(() => nine().slice(0, 4), (fake) => {
      talking(fake)
      setTimeout(() => fake.state.unread.value++, 100)
    }),
  },
  'room-sharing': {
    prepare: inCall(() => [member(1, { hand: 1 })], (fake) => {
      talking(fake)
      fake.state.screen.value = { on: true, wanted: true }
    }),
  },
  'room-chat': {
    prepare: inCall(() => nine().slice(0, 4), (fake) => talking(fake)),
    click: ['Chat|聊天'],
  },
  'room-chat-phone': {
    prepare: inCall(() => nine().slice(0, 4), (fake) => talking(fake)),
    click: ['More|更多', 'Chat|聊天'],
  },
  'room-people': {
    prepare: inCall(() => nine(), (fake) => talking(fake)),
    click: ['People|成员'],
  },
  'room-invite': {
    prepare: inCall(() => nine().slice(0, 2), (fake) => {
      inRoom(fake)
      talking(fake)
    }),
    click: ['Add people|添加成员', 'QR code of the link|链接的二维码'],
  },
  'room-invite-nobody': {
    prepare: inCall(() => nine().slice(0, 2), (fake) => {
      inRoom(fake)
      fake.state.people.value = []
    }),
    click: ['Add people|添加成员'],
  },
  'call-invite-nobody': {
    prepare: inCall(() => nine().slice(0, 1), (fake) => void (fake.state.people.value = [])),
    click: ['Add people|添加成员'],
  },
  'room-watch': {
    prepare: inCall(() => nine().slice(0, 3), (fake) => {
      inRoom(fake)
      camOff(fake)
      micOff(fake)
      fake.state.details.value = fakeDetails({ options: { publishers: 'speakers' }, me: { canPublish: false } })
    }),
  },
  'room-invite-phone': {
    prepare: inCall(() => nine().slice(0, 2), (fake) => {
      inRoom(fake)
      talking(fake)
    }),
    click: ['More|更多', 'Add people|添加成员', 'QR code of the link|链接的二维码'],
  },
  'room-alone': {
    prepare(fake) {
      home(fake)
      inRoom(fake)
    },
  },
  settings: { prepare: home, click: ['Settings|设置'] },
  'settings-video': { prepare: home, click: ['Settings|设置', 'Video|视频'] },
  'settings-general': { prepare: home, click: ['Settings|设置', 'General|通用'] },
  more: { prepare: inCall(() => [member(1)]), click: ['More|更多'] },
  shortcuts: { prepare: inCall(() => [member(1)]), click: ['More|更多', 'Keyboard shortcuts|键盘快捷键'] },
  'ended-no-answer': { prepare: ofCall({ state: 'ended', reason: 'no_answer', by: 'server' }) },
  'ended-failed': { prepare: ofCall({ state: 'ended', reason: 'failed', by: 'self', error: { code: 'draining', message: '' } }) },
  'ended-hangup': { prepare: ofCall({ state: 'ended', reason: 'hangup', by: 'peer', durationMs: 768_000 }) },
  'ended-good': { prepare: ofCall({ state: 'ended', reason: 'hangup', by: 'peer', durationMs: 768_000 }), click: ['Good|好'] },
  'ended-poor': { prepare: ofCall({ state: 'ended', reason: 'hangup', by: 'peer', durationMs: 768_000 }), click: ['Poor|不好'] },
  'ended-note': {
    prepare: ofCall({ state: 'ended', reason: 'declined', by: 'peer', note: 'I’ll call back', peer: person(5) }),
  },
  'two-inviting': {
    prepare: inCall(() => [member(1)], ({ state }) => {
      const rung = { from: 'me', state: 'ringing' as const }
      state.details.value = fakeDetails({ invited: [{ ...rung, invitation: 'i1', user: 'Tomás Ruiz', name: 'Tomás Ruiz' }] })
      setTimeout(() => (state.unanswered.value = [{ ...rung, invitation: 'i0', user: 'Ali Demir', name: 'Ali Demir', state: 'ended', reason: 'declined' }]))
    }),
  },
  returning: {
    prepare(fake) {
      signedIn(fake)
      fake.state.link.value = { state: 'connecting' }
      fake.state.returning.value = true
    },
  },
  closed: {
    prepare(fake) {
      signedIn(fake)
      fake.state.link.value = { state: 'closed', cause: { code: 'replaced', message: '' } }
    },
  },
  insecure: { obstacle: 'insecure', prepare: () => undefined },
  'in-app': { obstacle: 'inApp', prepare: () => undefined },
  unsupported: { obstacle: 'unsupported', prepare: () => undefined },
}
