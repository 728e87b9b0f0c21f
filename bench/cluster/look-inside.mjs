// Loaded into lbex by the benchmark (node --import), and by nothing else: answers what lbex itself uses, and the longest time
// in which its event loop did not turn since the last question.
import {monitorEventLoopDelay} from 'node:perf_hooks'

const RESOLUTION = 1
const delay = monitorEventLoopDelay({resolution: RESOLUTION})

process.on('message', ({watch}) => {
  const {user, system} = process.cpuUsage()
  // Each delay includes the time between two looks.
  const longest = Math.max(0, delay.max / 1e6 - RESOLUTION)
  process.send?.({cpu: (user + system) / 1000, longest, rss: process.memoryUsage.rss()})
  delay.reset()
  if (watch) delay.enable()
  else delay.disable()
})
process.channel?.unref()
