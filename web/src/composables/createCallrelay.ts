import { browserEnvironment, Client, Devices, type ClientOptions } from '../client'
import type { Callrelay } from './callrelay'
import { seeCall } from './seen/call'
import { seeDevices } from './seen/devices'
import { seeMedia } from './seen/media'
import { seeNamedRoom } from './seen/named'
import { createPresent } from './seen/present'
import { seeSession } from './seen/session'
import { seeSources } from './seen/sources'
import { createStillness } from './seen/stillness'
import { seeTalk } from './seen/talk'

/**
 * The real client as the page sees it. The devices are made once and outlive
 * a client, so that a preview can be shown before anybody signed in.
 */
export function createCallrelay(options: Pick<ClientOptions, 'url'> = {}): Callrelay {
  const devices = new Devices(browserEnvironment())
  const still = createStillness()
  const present = createPresent(still)
  const session = seeSession(still)
  const media = seeMedia(present, still)
  const sources = seeSources(present, devices, still)
  const call = seeCall(present, sources, still, session.client)
  const named = seeNamedRoom(present, sources, session.client)

  return {
    ...session, ...seeDevices(devices), ...media, ...sources, ...call, ...named, ...seeTalk(present, still),
    async signIn({ name, token }) {
      session.close()
      present.release()
      call.forget()
      named.wait(undefined)
      const client = new Client({ ...options, name, token, devices })
      session.attach(client)
      client.on('call', call.see)
      client.on('room', named.see)
      client.on('lobby', named.wait)
      await client.connect()
    },
    signOut() {
      session.close()
      present.release()
      session.clear()
    },
  }
}
