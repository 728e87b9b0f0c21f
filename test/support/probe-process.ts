/** Probes a listener in a process that has no descriptor left, and prints what it found. */
import {closeSync, openSync} from 'node:fs'
import {probeListeners} from '../../src/dataplane/nginx/apply/probe.js'

const key = {address: '127.0.0.1', port: Number(process.argv[2]), protocol: 'TCP'} as const
const taken: number[] = []
try {
  for (;;) taken.push(openSync('/dev/null', 'r'))
} catch (error) {
  if ((error as NodeJS.ErrnoException).code !== 'EMFILE') throw error
}
const held = await probeListeners([key, {...key, protocol: 'UDP'}])
for (const descriptor of taken) closeSync(descriptor)
process.stdout.write(JSON.stringify(held))
