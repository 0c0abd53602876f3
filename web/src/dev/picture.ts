/** A track with a drawn person who sways a little, in place of a camera. */
export function fakePicture(hue: number, w: number, h: number): MediaStreamTrack {
  const canvas = Object.assign(document.createElement('canvas'), { width: w, height: h })
  const g = canvas.getContext('2d')
  const u = Math.min(w, h)
  const ellipse = (color: string, x: number, y: number, rx: number, ry: number, from = 0) => {
    if (!g) return
    g.fillStyle = color
    g.beginPath()
    g.ellipse(x, y, rx, ry, 0, from, 7)
    g.fill()
  }
  const draw = () => {
    if (!g) return
    g.fillStyle = `oklch(0.55 0.05 ${hue})`
    g.fillRect(0, 0, w, h)
    g.fillStyle = `oklch(0.68 0.06 ${hue})`
    g.fillRect(w * 0.08, h * 0.1, w * 0.22, h * 0.5)
    g.fillStyle = `oklch(0.42 0.05 ${hue})`
    g.fillRect(0, h * 0.82, w, h * 0.18)
    const x = w / 2 + Math.sin(performance.now() / 1000) * u * 0.02
    ellipse(`oklch(0.35 0.09 ${(hue + 150) % 360})`, x, h * 1.02, u * 0.42, u * 0.42)
    ellipse('oklch(0.78 0.06 60)', x, h * 0.42, u * 0.17, u * 0.22)
    ellipse(`oklch(0.3 0.04 ${(hue + 40) % 360})`, x, h * 0.3, u * 0.19, u * 0.14, Math.PI)
  }
  draw()
  setInterval(draw, 100)
  const [track] = canvas.captureStream(10).getVideoTracks()
  if (!track) throw new Error('no track of a canvas')
  return track
}
