/**
 * Whether what npm says it installed is what the lockfile asks for, on this kind of machine. Packages that are optional may be
 * missing: npm leaves out those that cannot be installed.
 * @param {Lockfile} lockfile package-lock.json
 * @param {Lockfile | undefined} installed node_modules/.package-lock.json, which npm writes when it is done
 * @param {{ platform: string, arch: string }} machine
 */
export function isInstalled(lockfile, installed, { platform, arch }) {
  if (!installed) return false;
  const fits = ({ os = [platform], cpu = [arch] }) => admits(os, platform) && admits(cpu, arch);
  return (
    Object.values(installed.packages).every(fits) &&
    Object.entries(lockfile.packages).every(([path, wanted]) => {
      const found = installed.packages[path];
      if (path === '') return true; // the project itself
      return found
        ? found.version === wanted.version && found.integrity === wanted.integrity
        : wanted.optional === true;
    })
  );
}

/** npm's lists of what a package runs on: names, or names that are ruled out. */
const admits = (list, name) =>
  list.every((entry) => entry.startsWith('!')) ? !list.includes(`!${name}`) : list.includes(name);

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, os?: string[], cpu?: string[] }} Package
 * @typedef {{ packages: Record<string, Package> }} Lockfile
 */
