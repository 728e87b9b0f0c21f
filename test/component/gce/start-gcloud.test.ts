import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {Gcloud} from '../../../src/gce/gcloud.js'
import {hastyClock} from '../../support/gce-fake/world.js'
import {temporaryFolder} from '../../support/temporary-folder.js'

describe('gce/gcloud, as a program', () => {
  it('reads output and errors, whatever the configuration of gcloud hides', async () => {
    const hidden = {
      CLOUDSDK_CORE_USER_OUTPUT_ENABLED: 'false',
      CLOUDSDK_CORE_VERBOSITY: 'none',
      CLOUDSDK_CORE_SHOW_STRUCTURED_LOGS: 'always',
      CLOUDSDK_CORE_LOG_HTTP: 'true',
    }
    const folder = await temporaryFolder()
    try {
      const printed = Object.keys(hidden).map((name) => `"${name}": "$${name}"`)
      const script = `#!/bin/sh\ncat <<END\n{${printed.join()}}\nEND\n`
      await writeFile(join(folder.path, 'gcloud'), script, {mode: 0o755})
      const PATH = `${folder.path}:${process.env['PATH']}`
      await withVariables({...hidden, PATH}, async () => {
        const real = new Gcloud({clock: hastyClock, signal: new AbortController().signal})
        assert.deepEqual(await real.read({args: ['x'], name: ''}), {
          CLOUDSDK_CORE_USER_OUTPUT_ENABLED: 'true',
          CLOUDSDK_CORE_VERBOSITY: 'warning',
          CLOUDSDK_CORE_SHOW_STRUCTURED_LOGS: 'never',
          CLOUDSDK_CORE_LOG_HTTP: 'false',
        })
      })
    } finally {
      await folder.remove()
    }
  })

  it('says what to install if there is no gcloud', () =>
    withVariables({PATH: '/nonexistent'}, async () => {
      const real = new Gcloud({clock: hastyClock, signal: new AbortController().signal})
      await assert.rejects(real.change(['version']), {
        code: 'command-not-found',
        hint: 'install the Google Cloud CLI: https://cloud.google.com/sdk/docs/install',
      })
    }))
})
/** Sets variables of this process meanwhile. */
async function withVariables(
  variables: Readonly<Record<string, string>>,
  work: () => Promise<void>,
): Promise<void> {
  const before = {...process.env}
  Object.assign(process.env, variables)
  try {
    await work()
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name]
    Object.assign(process.env, before)
  }
}
