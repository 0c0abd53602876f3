// A small network made of namespaces: the server and three hosts on one switch.
//
//   srv 203.0.113.10 and .11 --+
//                              +-- switch --+-- ctl .20 (the test program, Firefox)
//                                           +-- a   .21, b .22 (one Chromium each)
//
// Only documentation addresses, and no way out: what is sent to any other
// address is dropped, so no test can reach the machine's own network.
//
//   node network.mjs up|down LAB     LAB is the prefix of the namespaces' names
import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import { pathToFileURL } from 'node:url'

const ADDRESSES = {
  srv: ['203.0.113.10', '203.0.113.11'],
  ctl: ['203.0.113.20'],
  a: ['203.0.113.21'],
  b: ['203.0.113.22'],
}

function run(command, ...args) {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

function attempt(...command) {
  try {
    run(...command)
  } catch {
    // It was not there: nothing to undo.
  }
}

const namespaces = () => run('ip', 'netns', 'list').split('\n').map((line) => line.split(' ')[0]).filter(Boolean)

export class Network {
  constructor(lab) {
    if (!/^[a-z0-9]{1,10}$/.test(lab)) throw new Error(`bad lab name: ${lab}`)
    this.lab = lab
  }

  namespace(host) {
    return `${this.lab}-${host}`
  }

  address(host, index = 0) {
    return ADDRESSES[host][index]
  }

  up() {
    this.down()
    this.#add('net')
    const net = this.namespace('net')
    run('ip', '-n', net, 'link', 'add', 'br0', 'type', 'bridge')
    run('ip', '-n', net, 'addr', 'add', '203.0.113.1/24', 'dev', 'br0')
    run('ip', '-n', net, 'link', 'set', 'br0', 'up')
    for (const host of Object.keys(ADDRESSES)) {
      const name = this.namespace(host)
      this.#add(host)
      run('ip', '-n', net, 'link', 'add', `p-${host}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
      run('ip', '-n', net, 'link', 'set', `p-${host}`, 'master', 'br0', 'up')
      for (const address of ADDRESSES[host]) run('ip', '-n', name, 'addr', 'add', `${address}/24`, 'dev', 'eth0')
      run('ip', '-n', name, 'link', 'set', 'eth0', 'up')
      // The first question for a neighbour after a cable is plugged in gets lost; the next would come after a second.
      run('ip', 'netns', 'exec', name, 'sysctl', '-qw', 'net.ipv4.neigh.eth0.retrans_time_ms=100')
      // Browsers gather no candidate where there is no default route.
      run('ip', '-n', name, 'route', 'add', 'default', 'via', '203.0.113.1')
    }
    // Batches of datagrams are cut up before they are captured, so that a
    // capture shows each packet as the network would.
    run('ip', '-n', this.namespace('srv'), 'link', 'set', 'eth0', 'gso_max_segs', '1')
  }

  down() {
    for (const name of namespaces().filter((n) => n.startsWith(`${this.lab}-`))) {
      // Only what runs in our own namespace; it would keep it alive unseen.
      for (const pid of run('ip', 'netns', 'pids', name).split('\n').filter(Boolean)) {
        if (Number(pid) !== process.pid) attempt('kill', '-9', pid)
      }
      attempt('ip', 'netns', 'del', name)
      fs.rmSync(`/etc/netns/${name}`, { recursive: true, force: true })
    }
  }

  /** Drops what comes and goes, without an error to anybody: 'udp', 'tcp', or all. */
  drop(host, what = 'all') {
    this.#rules(host, what === 'all' ? 'counter drop' : `meta l4proto ${what} counter drop`)
  }

  /** Answers TCP with a reset: sockets break at once and new ones are refused. */
  refuseTCP(host) {
    this.#rules(host, 'meta l4proto tcp counter reject with tcp reset')
  }

  /** Ends the host's TCP connections as a reset would, and refuses new ones. */
  cutTCP(host) {
    this.refuseTCP(host)
    run('ip', 'netns', 'exec', this.namespace(host), 'ss', '-K', '-t', 'state', 'established')
  }

  /** Drops UDP to a port, from this machine itself too: the port is deaf, all else lives. */
  deafen(host, port) {
    this.#table(host, `chain in { type filter hook input priority 0; udp dport ${port} counter drop; }`)
  }

  /** What goes from or to this UDP port of the host vanishes: one mapping of a NAT has died. */
  loseFlow(host, port) {
    this.#table(host, `
      chain in { type filter hook input priority 0; udp dport ${port} counter drop; }
      chain out { type filter hook output priority 0; udp sport ${port} counter drop; }
    `)
  }

  /** Loses so many of a hundred datagrams each way, by chance. */
  lose(host, percent) {
    this.#rules(host, `meta l4proto udp numgen random mod 1000 < ${percent * 10} counter drop`)
  }

  /** Takes back drop, refuseTCP, cutTCP, deafen, loseFlow and lose. */
  pass(host) {
    attempt('ip', 'netns', 'exec', this.namespace(host), 'nft', 'delete table ip fault')
  }

  /** The host leaves its network and appears in it with another address. */
  move(host, to) {
    const name = this.namespace(host)
    run('ip', '-n', name, 'addr', 'flush', 'dev', 'eth0')
    run('ip', '-n', name, 'addr', 'add', `${to}/24`, 'dev', 'eth0')
    run('ip', '-n', name, 'route', 'replace', 'default', 'via', '203.0.113.1')
  }

  /** Pulls the host's cable at the switch, or plugs it in again. */
  cable(host, plugged) {
    run('ip', '-n', this.namespace('net'), 'link', 'set', `p-${host}`, plugged ? 'up' : 'down')
    // With the link the kernel forgets the way out.
    if (plugged) attempt('ip', '-n', this.namespace(host), 'route', 'replace', 'default', 'via', '203.0.113.1')
  }

  /** The largest packet that the host's link carries, bytes. */
  mtu(host, bytes) {
    run('ip', '-n', this.namespace(host), 'link', 'set', 'eth0', 'mtu', String(bytes))
    run('ip', '-n', this.namespace('net'), 'link', 'set', `p-${host}`, 'mtu', String(bytes))
  }

  /**
   * Everything that comes to the hosts waits so long; ms each way, so a round
   * trip between two of them takes twice as much. Ends with the returned
   * function. `wanem` is the built benchmarks/wanem: this needs no kernel module.
   * Where it leaves, it must not wait: Linux lets a TCP socket have two packets
   * at a time in its own host's queues (TCP small queues), and would send
   * 3 kB in each delay.
   */
  delay(wanem, hosts, ms) {
    const running = hosts.map((host) => {
      const inside = ['netns', 'exec', this.namespace(host)]
      run('ip', ...inside, 'iptables', '-t', 'mangle', '-A', 'PREROUTING', '-i', 'eth0', '-j', 'NFQUEUE', '--queue-num', '1', '--queue-bypass')
      return { host, child: spawn('ip', [...inside, wanem, '-queue', '1', '-delay', `${ms}ms`], { stdio: 'inherit' }) }
    })
    return () => {
      for (const { host, child } of running) {
        attempt('ip', 'netns', 'exec', this.namespace(host), 'iptables', '-t', 'mangle', '-F', 'PREROUTING')
        child.kill()
      }
    }
  }

  /** A bottleneck of so many kbit/s both ways, with a queue of 200 ms; 0 takes it away. */
  rate(host, kbit) {
    const ends = [
      [this.namespace(host), 'eth0'],
      [this.namespace('net'), `p-${host}`],
    ]
    for (const [name, device] of ends) {
      attempt('tc', '-n', name, 'qdisc', 'del', 'dev', device, 'root')
      if (kbit) run('tc', '-n', name, 'qdisc', 'add', 'dev', device, 'root', 'tbf', 'rate', `${kbit}kbit`, 'burst', '5kb', 'latency', '200ms')
    }
  }

  #add(host) {
    const name = this.namespace(host)
    // "ip netns exec" shows this file as /etc/resolv.conf: names fail at once.
    fs.mkdirSync(`/etc/netns/${name}`, { recursive: true })
    fs.writeFileSync(`/etc/netns/${name}/resolv.conf`, 'nameserver 127.0.0.1\n')
    run('ip', 'netns', 'add', name)
    // A link-local address that appears seconds later is a change of network to a browser.
    run('ip', 'netns', 'exec', name, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1')
    run('ip', '-n', name, 'link', 'set', 'lo', 'up')
  }

  #rules(host, rule) {
    this.#table(host, `
      chain in { type filter hook input priority 0; iifname != "lo" ${rule}; }
      chain out { type filter hook output priority 0; oifname != "lo" ${rule}; }
    `)
  }

  #table(host, chains) {
    this.pass(host)
    run('ip', 'netns', 'exec', this.namespace(host), 'nft', `table ip fault {\n${chains}\n}`)
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [verb, lab] = process.argv.slice(2)
  if (verb !== 'up' && verb !== 'down') throw new Error('usage: network.mjs up|down LAB')
  new Network(lab)[verb]()
}
