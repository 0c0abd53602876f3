/** What the browser is, only to choose the right help text; never to choose behaviour. */
export interface Platform {
  os: string
  help: 'chromium' | 'firefox' | 'safari' | 'ios' | 'android'
  /** A browser inside another app, which mostly cannot open a camera. */
  inApp: boolean
}

const IN_APP = /MicroMessenger|\bQQ\/|Weibo|DingTalk|FBAN|FBAV|Instagram|Line\/|; wv\)|AlipayClient|BytedanceWebview|aweme/i

export function platformOf(userAgent: string, touchPoints = 0): Platform {
  const ios = /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && touchPoints > 1)
  const android = /Android/.test(userAgent)
  const inApp = IN_APP.test(userAgent)
  if (ios) return { os: 'iOS', help: 'ios', inApp }
  if (android) return { os: 'Android', help: /Firefox/.test(userAgent) ? 'firefox' : 'android', inApp }
  const os = /Windows/.test(userAgent) ? 'Windows' : /Macintosh/.test(userAgent) ? 'macOS' : /CrOS/.test(userAgent) ? 'ChromeOS' : 'Linux'
  if (/Firefox/.test(userAgent)) return { os, help: 'firefox', inApp }
  if (/Chrome|Chromium|Edg/.test(userAgent)) return { os, help: 'chromium', inApp }
  return { os, help: /Safari/.test(userAgent) ? 'safari' : 'chromium', inApp }
}

export const platform = (): Platform => platformOf(navigator.userAgent, navigator.maxTouchPoints)

/** Why no call can be made on this page at all, if so. */
export type Obstacle = 'insecure' | 'inApp' | 'unsupported'

export function obstacleOf(page: { secure: boolean; inApp: boolean; capture: boolean; webrtc: boolean }): Obstacle | undefined {
  if (!page.secure) return 'insecure'
  if (page.webrtc && page.capture) return undefined
  return page.inApp ? 'inApp' : 'unsupported'
}

export function obstacle(): Obstacle | undefined {
  return obstacleOf({
    secure: isSecureContext,
    inApp: platform().inApp,
    capture: !!navigator.mediaDevices?.getUserMedia,
    webrtc: typeof RTCPeerConnection !== 'undefined',
  })
}
