/** What a form of input needs beyond this package: installed by those who have such files. */
class MissingPackage extends Error {
  override name = 'MissingPackage';
}

/** Loads packages that need not be there. */
export async function loadOptional<T>(what: string, names: readonly string[], load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const list = names.join(' ');
    throw new MissingPackage(
      `${what} is read with ${names.length === 1 ? 'a package that is' : 'packages that are'} not installed: npm install ${list}`,
      {
        cause: error,
      },
    );
  }
}
