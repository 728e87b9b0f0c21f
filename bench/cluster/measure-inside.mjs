// Loaded into lbex by the benchmark (node --import), and by nothing else: answers what lbex itself uses, and the longest time
// for which its event loop did not turn since the last question. Of that time only what the main thread spent on a processor
// counts: on a busy machine it would otherwise be the others' work.
import {readFileSync} from 'node:fs'
import {clearTimeout, setTimeout} from 'node:timers'

let longest = 0
let last = 0
let timer

/** Milliseconds that the main thread has run (https://docs.kernel.org/scheduler/sched-stats.html). */
function ownTime() {
  return Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[0]) / 1e6
}

function turn() {
  const now = ownTime()
  longest = Math.max(longest, now - last)
  last = now
  timer = setTimeout(turn, 1).unref()
}

process.on('message', ({watch}) => {
  const {user, system} = process.cpuUsage()
  process.send?.({cpu: (user + system) / 1000, longest, rss: process.memoryUsage.rss()})
  clearTimeout(timer)
  longest = 0
  last = ownTime()
  if (watch) turn()
})
process.channel?.unref()
