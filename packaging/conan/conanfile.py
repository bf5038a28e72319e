"""conan create packaging/conan: a package of this tree."""
import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load


class TwilioSyncConan(ConanFile):
    name = "twilio-sync-qt"
    license = "MIT"
    description = "Twilio Sync for Qt and QML"
    topics = "qt", "qml", "twilio", "sync"
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False], "fPIC": [True, False]}
    default_options = {"shared": True, "fPIC": True, "qt/*:shared": True, "qt/*:qtdeclarative": True,
                       "qt/*:qtwebsockets": True}
    implements = ["auto_shared_fpic"]
    generators = "CMakeDeps"

    @property
    def root(self):
        return os.path.join(self.recipe_folder, "..", "..")

    def set_version(self):
        self.version = re.search(r"VERSION (\d+\.\d+\.\d+)", load(self, os.path.join(self.root, "CMakeLists.txt")))[1]

    def export_sources(self):
        for pattern in ("CMakeLists.txt", "LICENSE", "README.md", "docs/*", "packaging/*", "plugin/*", "qml/*", "src/*"):
            copy(self, pattern, self.root, self.export_sources_folder)

    def requirements(self):
        self.requires("qt/[>=6.4 <7]", transitive_headers=True, transitive_libs=True)
        self.requires("simdjson/[>=3 <4]")
        self.requires("boost/[>=1.74]")

    def validate(self):
        check_min_cppstd(self, 20)

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
