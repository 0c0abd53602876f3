import type { SeenRoom } from '../../client/types'

/** How a room is for who has not signed in. A server that wants a token says nothing: "unauthorized". */
export async function seeAsVisitor(name: string): Promise<SeenRoom> {
  const answer = await fetch(`/r/${encodeURIComponent(name)}/seen`, { cache: 'no-store' })
  const body = await answer.json()
  if (!answer.ok) throw body
  const { people, lobby = false, can_publish: canPublish } = body
  return { people, lobby, canPublish }
}
