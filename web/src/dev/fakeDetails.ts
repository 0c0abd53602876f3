import type { RoomDetails, RoomOptions } from '../client/types'

/** A room's details as a member sees them who asked for nothing; what is not usual is named. */
export function fakeDetails(
  { options, me, ...rest }: { options?: Partial<RoomOptions>; me?: Partial<RoomDetails['me']> } & Partial<Pick<RoomDetails, 'invited' | 'waiting'>> = {},
): RoomDetails {
  return {
    options: { limit: 200, publishers: 'all', locked: false, lobby: false, start_muted: false, screen: 'ask', ...options },
    me: { role: 'member', canPublish: true, hand: 0, ...me },
    invited: [], waiting: [], ...rest,
  }
}
