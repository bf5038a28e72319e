"""conan create packaging/conan: a package of this tree."""
import os

from conan import ConanFile
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout
from conan.tools.files import copy


class TwilioSyncConan(ConanFile):
    name = "twilio-sync-qt"
    version = "1.0.0"
    license = "MIT"
    description = "Twilio Sync for Qt and QML"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False]}
    default_options = {"shared": True, "qt/*:qtdeclarative": True, "qt/*:qtwebsockets": True}
    requires = "qt/[>=6.4 <7]", "simdjson/[>=3 <4]", "boost/[>=1.74]"
    generators = "CMakeDeps"

    @property
    def root(self):
        return os.path.join(self.recipe_folder, "..", "..")

    def export_sources(self):
        for pattern in ("CMakeLists.txt", "LICENSE", "README.md", "src/*", "plugin/*", "qml/*", "packaging/*"):
            copy(self, pattern, self.root, self.export_sources_folder)

    def layout(self):
        cmake_layout(self)

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["BUILD_TESTING"] = False
        toolchain.cache_variables["TWILIOSYNC_BUILD_EXAMPLES"] = False
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        CMake(self).install()

    def package_info(self):
        # Its own CMake package, as everywhere else
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [os.path.join("lib", "cmake", "TwilioSync")]
