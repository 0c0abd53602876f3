import type { MediaPool } from './mediaPool'

/** How long after the first picture it has been seen, and the page has time. */
export const SEEN_MS = 100
/** How long a picture is waited for, where one is to come; and where none is. */
export const LATE_MS = 800
export const SOUND_ONLY_MS = 200

/**
 * Resolves when an answer is over: the other's first picture was seen, or is
 * late. What a page does before that stands between the click and the picture,
 * on a busy machine many times as long as it takes; so all that can wait waits.
 */
export function calm(media: Pick<MediaPool, 'firstPicture'>, video: boolean): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, video ? LATE_MS : SOUND_ONLY_MS)
    if (video) void media.firstPicture().then(() => setTimeout(done, SEEN_MS))
  })
}
