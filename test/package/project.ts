/** This clone, as the packaging scripts see it after a build. */
import {bundledPackages} from '../../scripts/package/bundled-packages.js'
import type {Project} from '../../scripts/package/stage.js'
import {root} from '../commands/lbex.js'

export function thisProject(): Project {
  return {
    root,
    version: '1.2.3-rc.1',
    maintainer: 'A <a@b.c>',
    epoch: 1_700_000_000,
    bundled: bundledPackages(root),
  }
}
