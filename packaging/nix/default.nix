# nix-build -E 'with import <nixpkgs> { }; callPackage ./packaging/nix { }': a package of this tree.
{ lib, stdenv, cmake, ninja, qt6, simdjson, boost }:

stdenv.mkDerivation {
  pname = "twilio-sync-qt";
  version = "1.0.0";
  src = lib.cleanSource ../..;

  nativeBuildInputs = [ cmake ninja qt6.wrapQtAppsHook ];
  buildInputs = [ boost simdjson ];
  propagatedBuildInputs = [ qt6.qtbase qt6.qtdeclarative qt6.qtwebsockets ];
  cmakeFlags = [
    "-DBUILD_TESTING=OFF"
    "-DTWILIOSYNC_BUILD_EXAMPLES=OFF"
    "-DTWILIOSYNC_INSTALL_QMLDIR=${qt6.qtbase.qtQmlPrefix}"
  ];

  meta = {
    description = "Twilio Sync for Qt and QML";
    license = lib.licenses.mit;
    mainProgram = "twilio-sync-server";
  };
}
