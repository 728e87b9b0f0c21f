#!/usr/bin/env node
import {userInfo} from 'node:os'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** A container's user may have no entry in passwd, where packages look for its home and shell as soon as they are loaded. */
function provideUser() {
  try {
    userInfo()
  } catch {
    process.env.HOME ??= '/'
    process.env.SHELL ??= '/bin/sh'
  }
}

async function load() {
  try {
    return await import('../dist/cli/main.js')
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !error.message.includes('main.js')) throw error
    console.error('error: lbex is not built\nhint: run npm run build, or use bin/dev.js')
    process.exit(3)
  }
}

provideUser()
const {start} = await load()
await start({root})
