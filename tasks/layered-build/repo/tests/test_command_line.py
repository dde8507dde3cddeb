import subprocess
import sys
import unittest


class CommandLineTest(unittest.TestCase):
    def calc(self, text: str) -> tuple[int, str, str]:
        ended = subprocess.run([sys.executable, "-m", "calc"], input=text, capture_output=True, text=True, check=False)
        return ended.returncode, ended.stdout, ended.stderr

    def test_right(self) -> None:
        self.assertEqual(self.calc("print 1 + 1\nprint 2"), (0, "2\n2\n", ""))

    def test_wrong(self) -> None:
        self.assertEqual(self.calc("print x"), (1, "", "error: 1:7: x has no value\n"))
