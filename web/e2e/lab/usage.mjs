// What the processes of a browser use of the processors, by what they are for.
import fs from 'node:fs'

const HZ = 100

/** Seconds of processor time so far of a process and all below it: { renderer: 1.2, 'gpu-process': 0.4, .. }. */
export function usage(root) {
  const children = new Map()
  const used = new Map()
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8')
      const [, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      children.set(Number(parent), [...(children.get(Number(parent)) ?? []), Number(pid)])
      used.set(Number(pid), (Number(rest[9]) + Number(rest[10])) / HZ)
    } catch {
      // It has ended meanwhile.
    }
  }
  const sums = {}
  const add = (pid) => {
    const kind = kindOf(pid)
    if (kind) sums[kind] = (sums[kind] ?? 0) + (used.get(pid) ?? 0)
    for (const child of children.get(pid) ?? []) add(child)
  }
  add(root)
  return sums
}

function kindOf(pid) {
  try {
    // Processes that the zygote made have their words apart by spaces.
    const words = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split(/[\0 ]/)
    const flag = (name) => words.find((w) => w.startsWith(`--${name}=`))?.split('=')[1]
    return flag('utility-sub-type')?.split('.')[0] ?? flag('type') ?? 'browser'
  } catch {
    return undefined
  }
}
