// Loaded into lbex by the benchmark only (node --import). On each message it reports the CPU time and memory of lbex, and the
// longest block of its event loop since the last message. A block counts only the CPU time of the main thread: on a busy machine
// the wall-clock time would include other processes.
import {readFileSync} from 'node:fs'
import {clearTimeout, setTimeout} from 'node:timers'

let longest = 0
let last = 0
let timer

/** CPU time of the main thread in milliseconds (https://docs.kernel.org/scheduler/sched-stats.html). */
function ownTime() {
  return Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[0]) / 1e6
}

function tick() {
  const now = ownTime()
  longest = Math.max(longest, now - last)
  last = now
  timer = setTimeout(tick, 1).unref()
}

process.on('message', ({watch}) => {
  const {user, system} = process.cpuUsage()
  process.send?.({cpu: (user + system) / 1000, longest, rss: process.memoryUsage.rss()})
  clearTimeout(timer)
  longest = 0
  last = ownTime()
  if (watch) tick()
})
process.channel?.unref()
