// Empty: only the build script of the dependency matters.
