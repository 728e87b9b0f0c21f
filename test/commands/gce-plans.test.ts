/** The commands that `--dry-run` prints for a table of options. UPDATE_GOLDEN=1 rewrites the files. */
import assert from 'node:assert/strict'
import {readFile, writeFile} from 'node:fs/promises'
import {gceWorld, type World} from '../support/gce-fake/world.js'

type Case = {
  readonly name: string
  readonly prepare?: (world: World) => Promise<unknown>
  readonly run: (world: World) => Promise<{output: string}>
}

const CASES: Case[] = [
  {name: 'up-defaults', run: (world) => world.up('--dry-run')},
  {
    name: 'up-everything',
    run: (world) =>
      world.up(
        ...[
          '--dry-run',
          '--cidr=10.151.0.0/26',
          '--num-autoscale=40',
          '--machine-type=n2-standard-4',
          '--no-address',
        ],
        ...[
          '--can-ip-forward',
          '--service-account=me@my-project.iam.gserviceaccount.com',
          '--lbex-package=lbex@2.1.0',
        ],
        ...[
          '--ports=80,443,9827/udp,7000-8000',
          '--ingress-cidr=0.0.0.0/0',
          '--health-port=1337',
          '--no-wait',
        ],
      ),
  },
  {
    name: 'up-changed',
    prepare: (world) => world.up(),
    run: (world) => world.up('--dry-run', '--machine-type=e2-medium', '--num-autoscale=12', '--ports=53/udp'),
  },
  {name: 'up-again', prepare: (world) => world.up(), run: (world) => world.up('--dry-run')},
  {name: 'down', prepare: (world) => world.up('--no-address'), run: (world) => world.down('--dry-run')},
  {name: 'down-nothing', run: (world) => world.down('--dry-run')},
]

/** The start-up file has its own tests, and hashes depend on it. */
function stable(script: string): string {
  return script
    .replace(/user-data=#cloud-config\n[^]*?\n'/g, "user-data=...'")
    .replace(/-vm-[0-9a-f]{10}/g, '-vm-HASH')
}

describe('the plans of lbex gce', () => {
  for (const {name, prepare, run} of CASES) {
    it(name, async () => {
      const world = await gceWorld()
      try {
        await prepare?.(world)
        const script = stable((await run(world)).output)
        const file = new URL(`gce/${name}.sh`, import.meta.url)
        if (process.env['UPDATE_GOLDEN']) await writeFile(file, script)
        assert.equal(script, await readFile(file, 'utf8'))
      } finally {
        await world.close()
      }
    })
  }
})
