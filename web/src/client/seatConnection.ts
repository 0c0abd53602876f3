import { MediaConnection, type Signalling } from '../media/connection'
import type { Devices } from '../media/devices'
import type { AnswerMessage, ParticipantID } from '../protocol/messages'
import type { Environment } from './environment'
import type { ICEServers } from './iceServers'
import type { Link } from './link'
import type { SessionStore } from './sessionStore'
import type { Body } from './wire'

export interface ConnectionContext {
  env: Environment
  link: Link
  ice: ICEServers
  store: SessionStore
  devices: Devices
  lossyData: boolean
}

/** Offers by another way than the socket; resolves with undefined where that does not go. */
export type OtherWay = (offer: Body<'offer'>) => Promise<AnswerMessage | undefined>

/** Makes the connection of that generation for a seat; it offers itself. Throws where the browser cannot. */
export function newConnection(
  context: ConnectionContext,
  participant: ParticipantID,
  generation: number,
  otherWay?: OtherWay,
): MediaConnection {
  const { env, link, ice, store, devices, lossyData } = context
  store.update({ seat: participant, seats: { ...store.current?.seats, [participant]: generation } })
  const signalling: Signalling = {
    iceServers: () => ice.current,
    offer: async (generation, sdp, sections) => {
      const offer = { participant, generation, sdp, sections }
      const answer = (await otherWay?.(offer)) ?? (await link.ahead('offer', offer))
      ice.take(answer.ice_servers)
      return answer.sdp
    },
    reachable: (since) => link.heardSince(since),
    candidate: (generation, c) =>
      link.tell('candidate', {
        participant,
        generation,
        candidate: c.candidate,
        sdp_mid: c.sdpMid ?? undefined,
        sdp_mline_index: c.sdpMLineIndex ?? undefined,
      }),
  }
  return new MediaConnection(env, generation, signalling, { lossyData, camera: devices.camera.track?.getSettings() })
}
