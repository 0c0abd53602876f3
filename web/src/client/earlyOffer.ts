import type { AnswerMessage } from '../protocol/messages'
import type { Environment } from './environment'
import type { Body } from './wire'

/** Then the socket has opened long since, and the offer goes that way. */
const TIMEOUT_MS = 3_000

/**
 * Offers by HTTP, on the connection that brought the page: a socket needs three round trips more before it takes an
 * offer. Resolves with undefined where that is not the session's server, or it does not answer so.
 */
export async function offerEarly(
  env: Environment,
  socketURL: string,
  session: string,
  offer: Body<'offer'>,
): Promise<AnswerMessage | undefined> {
  const url = offerURL(env, socketURL)
  if (!url) return undefined
  try {
    const body = await packed(JSON.stringify({ type: 'offer', ...offer }))
    const response = await env.fetch?.(url, {
      method: 'POST',
      body,
      headers: {
        Authorization: `Bearer ${session}`,
        'Content-Type': 'application/json',
        ...(typeof body === 'string' ? {} : { 'Content-Encoding': 'gzip' }),
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      priority: 'high',
    })
    return response?.ok ? ((await response.json()) as AnswerMessage) : undefined
  } catch {
    return undefined
  }
}

/** Beside the socket's address; undefined when another server than the page's has the session. */
function offerURL(env: Environment, socketURL: string): string | undefined {
  const url = new URL('offer', socketURL.replace(/^ws/, 'http'))
  return url.origin === env.origin ? url.href : undefined
}

/** With gzip where the browser can: an offer is twice what TCP sends at first. */
async function packed(text: string): Promise<string | ArrayBuffer> {
  if (typeof CompressionStream === 'undefined') return text
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Response(stream).arrayBuffer()
}
