// What the fake camera and microphone of each person show: a colour in the
// middle of a moving picture, a frame counter as seven blocks along its top
// (black is 0, white 1, lowest bit first), and a steady tone. From these a
// test can tell whose media arrive and that they move.
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'

const exec = promisify(execFile)

/** The counter runs from 0 to FRAMES - 1 and the file then starts again. */
export const FRAMES = 128
const RATE = 30

export const MEDIA = {
  alice: { colour: [255, 0, 0], hz: 440 },
  bob: { colour: [0, 0, 255], hz: 660 },
  // Large enough for three layers within one stream: browsers leave out those below 240 x 135.
  // Small ones, for cases with many browsers.
  'small-a': { colour: [255, 0, 0], hz: 440, size: '320x180' },
  'small-b': { colour: [0, 0, 255], hz: 660, size: '320x180' },
  wide: { colour: [0, 255, 0], hz: 550, size: '960x540' },
}

function filters([r, g, b]) {
  const hex = [r, g, b].map((c) => c.toString(16).padStart(2, '0')).join('')
  const boxes = [
    `drawbox=x=iw/3:y=ih/3:w=iw/3:h=ih/3:color=0x${hex}:t=fill`,
    'drawbox=x=0:y=0:w=iw:h=ih/8:color=black:t=fill',
  ]
  for (let bit = 0; bit < 7; bit++) {
    boxes.push(`drawbox=x=iw*${bit}/7:y=0:w=iw/7:h=ih/8:color=white:t=fill:enable='mod(floor(n/${2 ** bit}),2)'`)
  }
  return boxes.join(',')
}

/**
 * Writes NAME.y4m and NAME.wav for every person into dir. Pictures as they are, as a camera gives them: decoding JPEGs
 * takes a browser 15 % of a core, and what a page does then comes late.
 */
export async function makeMedia(dir, size = '640x360') {
  fs.mkdirSync(dir, { recursive: true })
  const quiet = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y']
  for (const [name, { colour, hz, size: own = size }] of Object.entries(MEDIA)) {
    await exec('ffmpeg', [
      ...quiet, '-f', 'lavfi', '-i', `testsrc2=size=${own}:rate=${RATE}`, '-frames:v', String(FRAMES),
      '-vf', filters(colour), '-pix_fmt', 'yuv420p', '-f', 'yuv4mpegpipe', path.join(dir, `${name}.y4m`),
    ])
    await exec('ffmpeg', [
      ...quiet, '-f', 'lavfi', '-i', `sine=frequency=${hz}:sample_rate=48000`, '-t', '5', '-af', 'volume=4', '-ac', '1',
      path.join(dir, `${name}.wav`),
    ])
  }
}

/** Writes a moving picture of that colour as an actor plays it: a key frame, and no other. */
export async function makeRecording(file, colour) {
  const encoder = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '500k', '-g', '9999', '-auto-alt-ref', '0']
  await exec('ffmpeg', [
    '-hide_banner', '-loglevel', 'error', '-nostdin', '-y', '-f', 'lavfi', '-i', `testsrc2=size=640x360:rate=${RATE}`, '-frames:v', '300',
    '-vf', filters(colour), ...encoder, '-f', 'ivf', file,
  ])
}
